import { BackendStore, CookieStore, MemoryBackend, type SessionStore } from 'ingot'
import { describe, expect, test } from 'vitest'
import { eventWorld, listen, type Act } from '../events/event-world.js'
import { newSecret } from '../secrets.js'
import { expectWarnings } from '../expect-warnings.js'

interface Options {
  readonly name?: string
  readonly domain?: string
  readonly path?: string
  readonly clock: () => number
}

const secret = newSecret()

const stores: Readonly<Record<string, (backend: MemoryBackend, options: Options) => SessionStore>> =
  {
    BackendStore: (backend, options) => new BackendStore(backend, options),
    CookieStore: (_, options) => new CookieStore({ secret, ...options }),
    'CookieStore with revocations': (backend, options) =>
      new CookieStore({ secret, revocations: backend, ...options }),
  }

const NAME = 'sid'

function worldOf(kind: string, attributes: Partial<Options> = {}) {
  const time = { now: 1_800_000_000_000 }
  const backend = new MemoryBackend({ now: () => time.now })
  const make = stores[kind] as (typeof stores)[string]
  const store = make(backend, { name: NAME, clock: () => time.now, ...attributes })
  // The route of the test is outside of the path that the cookie may have.
  const expected = attributes.path === undefined ? [] : ['SESSION_STORE']
  const { visit } = eventWorld(store, { onWarning: expectWarnings(...expected) })
  const send = async (cookie: string | undefined, act?: Act) => {
    const response = await visit(cookie, act)
    const set = response.headers.filter(([name]) => name === 'set-cookie').map(([, line]) => line)
    return { ...response, set, result: (JSON.parse(response.body) as { result: unknown }).result }
  }
  return {
    send,
    /** A session that begins a second after everything before. */
    session: async (user: string, from?: string) => {
      time.now += 1000
      const act: Act = (session) => {
        session.bind(user)
        session.set('of', user)
      }
      return (await send(from, act)).cookie as string
    },
    time,
  }
}

const nameOf = (line: string) => line.split(';')[0] as string
const whoIs: Act = (session) => [session.userId, session.get('of')]

describe.each(Object.keys(stores))('two live cookies of one name with %s', (kind) => {
  test('one that names no session is refused beside one that does [A9]', async () => {
    const world = worldOf(kind, {})
    const live = await world.session('ada')
    using events = listen()
    const { result } = await world.send(`sid=${'A'.repeat(43)}; ${live}`, whoIs)
    expect(result).toEqual(['ada', 'ada'])
    expect(events.heard()).toEqual([
      'loaded/live',
      kind === 'BackendStore' ? 'refused/unknown' : 'refused/unknown-version',
    ])
  })

  test.each(['older first', 'newer first'])(
    'the newest wins, the other is cleared, one event tells it: %s [A9]',
    async (order) => {
      const world = worldOf(kind, { domain: 'shop.test', path: '/app' })
      const older = await world.session('ada')
      const newer = await world.session('bob')
      const both = order === 'older first' ? `${older}; ${newer}` : `${newer}; ${older}`
      using events = listen()
      const { result, set, headers } = await world.send(both, whoIs)
      expect(result).toEqual(['bob', 'bob'])
      expect(events.heard()).toEqual(['loaded/live', 'refused/superseded'])
      const cleared = set.filter((line) => line.includes('Max-Age=0'))
      expect(cleared.map((line) => line.replace(/; (HttpOnly|Secure|SameSite=Lax)/g, ''))).toEqual([
        'sid=; Max-Age=0; Path=/',
        'sid=; Max-Age=0; Path=/app',
        'sid=; Max-Age=0; Domain=shop.test; Path=/',
      ])
      expect(set.filter((line) => !line.includes('Max-Age=0'))).toEqual([
        expect.stringMatching(/^sid=[\w-]+;.*Domain=shop\.test; Path=\/app/),
      ])
      expect(set.map(nameOf)).toContain(newer)
      expect(headers).toContainEqual(['cache-control', 'no-store'])
    },
  )

  test('one that was superseded is told, however many others were refused [A9]', async () => {
    const world = worldOf(kind)
    const older = await world.session('ada')
    const newer = await world.session('bob')
    using events = listen()
    await world.send(`sid=1; sid=2; sid=3; sid=4; ${older}; ${newer}`, whoIs)
    expect(events.heard().slice(0, 2)).toEqual(['loaded/live', 'refused/superseded'])
  })

  test('writes go to the newest alone, and nothing is mixed [A9]', async () => {
    const world = worldOf(kind, { domain: 'shop.test' })
    const older = await world.session('ada')
    const newer = await world.session('bob')
    const written = await world.send(`${older}; ${newer}`, (session) => session.set('more', 1))
    const kept = nameOf(written.set.find((line) => !line.includes('Max-Age=0')) as string)
    const seen = (cookie: string) => world.send(cookie, (session) => session.toObject())
    expect((await seen(kept)).result).toEqual({ of: 'bob', more: 1 })
    expect((await seen(older)).result).toEqual({ of: 'ada' })
  })

  test('a logout and a login leave one cookie, in the configured form [A9]', async () => {
    const world = worldOf(kind, { domain: 'shop.test' })
    const both = `${await world.session('ada')}; ${await world.session('bob')}`
    const logout = await world.send(both, (session) => session.destroy())
    expect(logout.set).toHaveLength(2)
    expect(logout.set.every((line) => line.includes('Max-Age=0'))).toBe(true)
    const again = `${await world.session('ada')}; ${await world.session('bob')}`
    const login = await world.send(again, (session) => session.bind('eve'))
    const kept = login.set.filter((line) => !line.includes('Max-Age=0'))
    expect(kept).toHaveLength(1)
    expect(kept[0]).toContain('Domain=shop.test')
    expect((await world.send(nameOf(kept[0] as string), whoIs)).result).toEqual(['eve', null])
  })

  test('a login is newer than activity, and of one session the latest cookie wins [A9]', async () => {
    const world = worldOf(kind, { domain: 'shop.test' })
    const anonymous = (await world.send(undefined, (session) => session.set('of', 'nobody'))).cookie
    world.time.now += 1000
    const login = await world.session('ada')
    world.time.now += 600_000
    const active = (await world.send(anonymous, (session) => session.touch())).cookie
    expect((await world.send(`${active}; ${login}`, whoIs)).result).toEqual(['ada', 'ada'])
    world.time.now += 600_000
    const touched = (await world.send(login, (session) => session.set('of', 'later'))).cookie
    if (touched === login) return
    expect((await world.send(`${login}; ${touched}`, whoIs)).result).toEqual(['ada', 'later'])
    expect((await world.send(`${touched}; ${login}`, whoIs)).result).toEqual(['ada', 'later'])
  })

  test('with a name that cannot be planted the newest wins, and its form is all there is [A9]', async () => {
    const world = worldOf(kind, { name: '__Host-sid' })
    const older = await world.session('ada')
    const newer = await world.session('bob')
    const { result, set } = await world.send(`${older}; ${newer}`, whoIs)
    expect(result).toEqual(['bob', 'bob'])
    expect(set.map(nameOf)).toEqual([newer])
  })

  test('a dead cookie beside a live one is no second session [A9]', async () => {
    const world = worldOf(kind, { domain: 'shop.test' })
    const live = await world.session('ada')
    using events = listen()
    const { result, set } = await world.send(`${NAME}=d.e.a.d; ${live}`, whoIs)
    expect(result).toEqual(['ada', 'ada'])
    expect(set).toEqual([])
    expect(events.heard()).toEqual(['loaded/live', 'refused/malformed'])
  })
})

test('an id that can only read loses against one that lives, however new it is [A9]', async () => {
  const world = worldOf('BackendStore', { domain: 'shop.test' })
  const live = await world.session('bob')
  const replaced = await world.session('ada')
  await world.session('ada', replaced)
  const { result } = await world.send(`${replaced}; ${live}`, whoIs)
  expect(result).toEqual(['bob', 'bob'])
})
