import { BackendStore, CookieStore, MemoryBackend, MemoryStore, Session, UserSessions } from 'ingot'
import { describe, expect, test } from 'vitest'
import { recordKey } from '../../../src/sessions/session/session-id.js'
import { bindingStores, everyStore, visitsOf } from '../every-store.js'
import { newSecret } from '../secrets.js'
import { overMemory, visitors } from '../server-store/server-store-suite.js'
import { expectWarnings } from '../expect-warnings.js'

const clock = () => 1_800_000_000_000
const open = (name: string) =>
  visitsOf((everyStore[name] as (typeof everyStore)[string])({ clock }))

describe.each(bindingStores)('bind with %s', (name) => {
  test('to another user begins with nothing of the user before [S3]', async () => {
    const { visit } = open(name)
    const ada = await visit(undefined, (session) => {
      session.set('cart', ['tea'])
      session.flash.set('notice', 'for Ada')
      session.bind('ada', { label: "Ada's laptop" })
      session.remember(30 * 86_400)
    })
    const bob = await visit(ada.cookie, (session) => {
      session.flash.get('notice')
      session.flash.now('now', 'for Ada')
      session.bind('bob')
      session.flash.keep()
      return [session.flash.get('now'), session.toObject(), session.lifetime, session.userId]
    })
    expect(bob.result).toEqual([null, {}, null, 'bob'])
    expect(bob.headers.find(([header]) => header === 'set-cookie')?.[1]).not.toContain('Max-Age')
    const later = await visit(bob.cookie, (session) => [
      session.toObject(),
      session.flash.get('notice'),
      session.lifetime,
      session.userId,
    ])
    expect(later.result).toEqual([{}, null, null, 'bob'])
  })

  test('what the next user writes in the same request is kept [S3]', async () => {
    const { visit } = open(name)
    const ada = await visit(undefined, (session) => {
      session.set('cart', ['tea'])
      session.bind('ada')
    })
    const bob = await visit(ada.cookie, (session) => {
      session.set('cart', ['mug'])
      session.bind('bob')
      session.set('greeted', true)
    })
    expect((await visit(bob.cookie, (session) => session.toObject())).result).toEqual({
      greeted: true,
    })
  })

  test('to the same user, or of a visitor without a login, keeps all [S3]', async () => {
    const { visit } = open(name)
    const first = await visit(undefined, (session) => session.set('cart', ['tea']))
    const second = await visit(first.cookie, (session) => {
      session.bind('ada')
      session.remember(30 * 86_400)
      session.flash.set('notice', 'hello')
    })
    const third = await visit(second.cookie, (session) => session.bind('ada'))
    const fourth = await visit(third.cookie, (session) => [
      session.get('cart'),
      session.flash.get('notice'),
      session.lifetime,
      session.userId,
    ])
    expect(fourth.result).toEqual([['tea'], 'hello', 30 * 86_400, 'ada'])
  })

  test.each([
    ['\u{D800}', 'the id of a user is well-formed Unicode: this one has half a character'],
    ['ada\u{DC00}', 'the id of a user is well-formed Unicode: this one has half a character'],
    ['a'.repeat(1025), 'the id of a user has at most 1024 characters'],
    ['', 'a session is bound to the id of a user: text that is not empty'],
    [
      5,
      'a session is bound to the id of a user: text that is not empty, and not a number. Write String(id)',
    ],
    [
      { id: 'ada' },
      'a session is bound to the id of a user: text that is not empty, and not an object. Give its id alone',
    ],
  ])(
    'refuses the id of a user that cannot be told from another: %j [S10, S13]',
    async (id, why) => {
      const { visit } = open(name)
      const { result } = await visit(undefined, (session) => {
        try {
          session.bind(id as string)
        } catch (error) {
          return [String(error), session.userId, session.isChanged]
        }
        return 'bound'
      })
      expect(result).toEqual([`TypeError: ${why}`, null, false])
    },
  )

  test('takes the longest id, and the beginning of a long label [S13]', async () => {
    const { visit } = open(name)
    const id = '😀'.repeat(512)
    const { status, cookie } = await visit(undefined, (session) => {
      session.bind(id, { label: `${'x'.repeat(255)}😀${'y'.repeat(20_000)}` })
    })
    expect(status).toBe(200)
    expect((await visit(cookie, (session) => session.userId)).result).toBe(id)
  })
})

test('another request of the user before writes nothing into the session of the next [S3]', async () => {
  const backend = new MemoryBackend()
  const { visit } = visitsOf(new BackendStore(backend))
  const ada = await visit(undefined, (session) => session.bind('ada'))
  const bob = await visit(ada.cookie, async (session) => {
    session.bind('bob')
    await visit(ada.cookie, (other) => other.set('note', 'of Ada'))
  })
  expect((await visit(bob.cookie, (session) => session.toObject())).result).toEqual({})
  expect((await visit(ada.cookie, (session) => session.isNew)).result).toBe(true)
})

test('a revocation of all cookies refuses an id that is not well-formed [S10]', async () => {
  const store = new CookieStore({ secret: newSecret(), revocations: new MemoryBackend() })
  await expect(store.revokeUser('\u{D800}')).rejects.toThrow('well-formed')
})

describe('the list of a user', () => {
  test('has no session of somebody else, and revoking ends none [S10, A5]', async () => {
    await using world = await visitors(overMemory)
    const bind = (id: string) => world.visit(undefined, (session) => session.bind(id))
    const [ada, bob, eve] = [await bind('ada'), await bind('bob'), await bind('eve')]
    const keyOf = (cookie: string | undefined) =>
      recordKey((cookie as string).slice('__Host-session='.length))
    // What an interrupted login, or an id that repeats, leaves in the index.
    await world.backend.index?.add?.(recordKey('ada'), keyOf(bob.cookie), 60_000)
    await world.backend.index?.add?.(recordKey('ada'), keyOf(eve.cookie), 60_000)
    const count = async (_: Session, users: UserSessions) => (await users.list()).length
    expect((await world.visit(ada.cookie, count)).result).toBe(1)
    const others = await world.visit(ada.cookie, (_, users) => users.revokeOthers())
    expect(others.result).toBe(0)
    const [handle] = (
      await world.visit(bob.cookie, async (_, users) =>
        (await users.list()).map((one) => one.handle),
      )
    ).result as string[]
    const revoke = await world.visit(ada.cookie, (_, users) => users.revoke(handle as string))
    expect(revoke.result).toBe(false)
    // Eve asks: her own session, which Ada's list names, stays as well.
    expect((await world.visit(eve.cookie, (_, users) => users.revokeAll('ada'))).result).toBe(1)
    for (const [cookie, id] of [
      [bob.cookie, 'bob'],
      [eve.cookie, 'eve'],
      [ada.cookie, null],
    ] as const) {
      expect((await world.visit(cookie, (session) => session.userId)).result ?? null).toBe(id)
    }
  })

  test('of an id with half a character is empty [S10]', async () => {
    await using world = await visitors(overMemory)
    // UTF-8 makes the same bytes of both.
    await world.visit(undefined, (session) => session.bind('\u{FFFD}'))
    const listed = await world.visit(undefined, (_, users) => users.list('\u{D800}'))
    expect(listed.result).toEqual([])
    expect((await world.visit(undefined, (_, users) => users.revokeAll('\u{D800}'))).result).toBe(0)
  })
})

test('label and user id count in maxSize [S13]', async () => {
  const onWarning = expectWarnings('SESSION_TOO_LARGE')
  const { visit } = visitsOf(new MemoryStore({ maxSize: 600 }), { onWarning })
  const login = (id: string, label: string) =>
    visit(undefined, (session) => session.bind(id, { label }))
  expect((await login('a'.repeat(344), 'b'.repeat(256))).status).toBe(200)
  expect((await login('a'.repeat(345), 'b'.repeat(256))).status).toBe(413)
  const { cookie } = await login('a'.repeat(300), 'b'.repeat(200))
  const write = (text: string) => visit(cookie, (session) => session.set('k', text))
  expect((await write('x'.repeat(95))).status).toBe(200)
  expect((await write('x'.repeat(96))).status).toBe(413)
})
