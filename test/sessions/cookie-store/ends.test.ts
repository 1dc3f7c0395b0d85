import {
  CorruptRecordError,
  CookieStore,
  fromUnstorage,
  MemoryBackend,
  type BackendRecord,
  type SessionBackend,
} from 'ingot'
import { createStorage } from 'unstorage'
import { describe, expect, test } from 'vitest'
import { visitsOf } from '../every-store.js'
import { newSecret } from '../secrets.js'
import { gate } from '../server-store/server-store-suite.js'

const START = 1_800_000_000_000
const DAY = 86_400_000

/** Servers with one secret and one backend of revocations, each with a clock of its own. */
function worldOf(revocations?: SessionBackend) {
  const time = { now: START }
  const secret = newSecret()
  const backend = revocations ?? new MemoryBackend({ now: () => time.now })
  const server = (skew = 0) => {
    const clock = () => time.now + skew
    const store = new CookieStore({ secret, revocations: backend, clock })
    return { store, ...visitsOf(store) }
  }
  return { time, backend, server, ...server() }
}

describe('an end is remembered as long as any cookie of the session can live', () => {
  test('a copy that was remembered for 30 days dies with the logout of the original [S2]', async () => {
    const { time, visit } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    const copy = await visit(cookie, (session) => session.remember(30 * 86_400))
    expect((await visit(copy.cookie, (session) => session.userId)).result).toBe('ada')
    await visit(copy.cookie, (session) => session.destroy())
    for (const days of [0, 1, 10, 29]) {
      time.now = START + days * DAY
      expect((await visit(copy.cookie, (session) => session.isNew)).result).toBe(true)
      expect((await visit(cookie, (session) => session.isNew)).result).toBe(true)
    }
  })

  test('a logout with the original ends the copy, for all its life [S2]', async () => {
    const { time, visit } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    const copy = await visit(cookie, (session) => {
      session.set('kept', true)
      session.remember(30 * 86_400)
    })
    const { result } = await visit(copy.cookie, (session) => [session.userId, session.get('kept')])
    expect(result).toEqual(['ada', true])
    await visit(cookie, (session) => session.destroy())
    for (const days of [0, 1, 10, 29]) {
      time.now = START + days * DAY
      expect((await visit(copy.cookie, (session) => session.isNew)).result).toBe(true)
    }
  })

  test('a lifetime that could not be noted is noted when the request writes again [S2]', async () => {
    const { time, visit, backend } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    const { create } = backend
    const copy = await visit(cookie, async (session) => {
      session.remember(30 * 86_400)
      backend.create = () => Promise.reject(new Error('away'))
      await expect(session.commit()).rejects.toThrow('The session could not be stored.')
      backend.create = create
    })
    await visit(cookie, (session) => session.destroy())
    time.now = START + 29 * DAY
    expect((await visit(copy.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('a new id of the original ends the copies of the old one, for all their life [S2]', async () => {
    const { time, visit } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    const ten = await visit(cookie, (session) => session.remember(10 * 86_400))
    const thirty = await visit(cookie, (session) => session.remember(30 * 86_400))
    await visit(cookie, (session) => session.remember(20 * 86_400))
    await visit(cookie, (session) => session.regenerate())
    for (const [days, copy] of [
      [0, ten],
      [9, ten],
      [29, thirty],
    ] as const) {
      time.now = START + days * DAY
      expect((await visit(copy.cookie, (session) => session.isNew)).result).toBe(true)
    }
  })

  test.each(['remember first', 'logout first'])(
    'in parallel, %s, neither is logged in afterwards [S2]',
    async (order) => {
      const { time, visit } = worldOf()
      const { cookie } = await visit(undefined, (session) => session.bind('ada'))
      const waiting = gate()
      const doing = {
        remember: () => visit(cookie, (session) => session.remember(30 * 86_400)),
        logout: () => visit(cookie, (session) => session.destroy()),
      }
      const isFirst = order === 'remember first'
      // Both have loaded the session before one of them ends.
      const slow = visit(cookie, async (session) => {
        await waiting.pass()
        if (isFirst) session.destroy()
        else session.remember(30 * 86_400)
      })
      await waiting.waited
      const fast = await (isFirst ? doing.remember() : doing.logout())
      waiting.open()
      const cookies = [cookie, fast.cookie, (await slow).cookie]
      for (const days of [0, 1, 29]) {
        time.now = START + days * DAY
        for (const each of cookies) {
          expect((await visit(each, (session) => session.isNew)).result).toBe(true)
        }
      }
    },
  )

  test('a life that is twice made longer in one request ends with the logout [S2]', async () => {
    const { time, visit } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.bind('ada'))
    const longer = await visit(cookie, async (session) => {
      session.remember(10 * 86_400)
      await session.commit()
      session.remember(20 * 86_400)
    })
    expect((await visit(longer.cookie, (session) => session.userId)).result).toBe('ada')
    await visit(longer.cookie, (session) => session.destroy())
    time.now = START + 19 * DAY
    expect((await visit(longer.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('a shorter life keeps the id, and its end is remembered for the longer cookies [S2]', async () => {
    const { time, visit } = worldOf()
    const ids: unknown[] = []
    const long = await visit(undefined, (session) => {
      session.bind('ada')
      session.remember(30 * 86_400)
      ids.push(session.id)
    })
    const short = await visit(long.cookie, (session) => {
      session.remember(86_400)
      ids.push(session.id)
    })
    expect(ids[0]).toBe(ids[1])
    await visit(short.cookie, (session) => session.destroy())
    time.now = START + 29 * DAY
    expect((await visit(long.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('a server whose clock is behind by 59 seconds knows of the end as well [S2, S11]', async () => {
    const { time, visit, server } = worldOf()
    const { cookie } = await visit(undefined, (session) => session.remember(3600))
    const login = await visit(cookie, (session) => session.bind('ada'))
    await visit(login.cookie, (session) => session.destroy())
    time.now = START + 28_800_000 + 58_000
    const behind = server(-59_000)
    expect((await behind.visit(login.cookie, (session) => session.isNew)).result).toBe(true)
  })
})

describe('revokeUser', () => {
  test.each([-50, -1, 0, 1, 50, 5000])(
    'ends the logins before and none after, with clocks %i ms apart [S11]',
    async (skew) => {
      const { time, store, server } = worldOf()
      const other = server(skew)
      const login = () => other.visit(undefined, (session) => session.bind('ada'))
      const before = await login()
      time.now += 1
      await store.revokeUser('ada')
      time.now += 1
      const after = await login()
      const userOf = async (cookie: string | undefined) =>
        (await other.visit(cookie, (session) => session.userId)).result
      expect(await userOf(before.cookie)).toBeNull()
      expect(await userOf(after.cookie)).toBe('ada')
      // A second time, at the same moment, and of another server.
      await other.store.revokeUser('ada')
      expect(await userOf(after.cookie)).toBeNull()
      const last = await login()
      expect(await userOf(last.cookie)).toBe('ada')
    },
  )

  test('a login stays good through what the request and later ones write [S11]', async () => {
    const { store, visit } = worldOf()
    await store.revokeUser('ada')
    const login = await visit(undefined, async (session) => {
      session.bind('ada')
      await session.commit()
      session.set('a', 1)
    })
    const written = await visit(login.cookie, (session) => session.set('b', 2))
    const renewed = await visit(written.cookie, (session) => session.regenerate())
    const again = await visit(renewed.cookie, (session) =>
      session.regenerate({ authenticated: true }),
    )
    const found = await visit(again.cookie, (session) => [session.userId, session.toObject()])
    expect(found.result).toEqual(['ada', { a: 1, b: 2 }])
    await store.revokeUser('bob')
    expect((await visit(again.cookie, (session) => session.userId)).result).toBe('ada')
    await store.revokeUser('ada')
    expect((await visit(again.cookie, (session) => session.userId)).result).toBeNull()
  })

  test('a request under way does not save a session that was revoked meanwhile [S11]', async () => {
    const { store, visit } = worldOf()
    const login = await visit(undefined, (session) => session.bind('ada'))
    const written = await visit(login.cookie, async (session) => {
      await store.revokeUser('ada')
      session.regenerate()
      session.set('a', 1)
    })
    expect((await visit(written.cookie, (session) => session.userId)).result).toBeNull()
  })
})

describe('a damaged entry of the revocations', () => {
  /** A backend in which everything that was written turns to something that is no record. */
  class DamagedBackend extends MemoryBackend {
    isDamaged = false

    override async read(key: string): Promise<BackendRecord | undefined> {
      const found = await super.read(key)
      if (found && this.isDamaged) throw new CorruptRecordError('not a record')
      return found
    }
  }

  test('still ends what it was about, and nobody is stuck [A8]', async () => {
    const backend = new DamagedBackend()
    const { store, visit } = worldOf(backend)
    const one = await visit(undefined, (session) => session.bind('ada'))
    const two = await visit(undefined, (session) => session.bind('ada'))
    await visit(one.cookie, (session) => session.destroy())
    await store.revokeUser('ada')
    backend.isDamaged = true
    for (const { cookie } of [one, two]) {
      const { status, result } = await visit(cookie, (session) => session.isNew)
      expect([status, result]).toEqual([200, true])
    }
    const later = await visit(undefined, (session) => session.bind('ada'))
    expect((await visit(later.cookie, (session) => session.userId)).result).toBe('ada')
    await visit(later.cookie, (session) => session.destroy())
    expect((await visit(later.cookie, (session) => session.isNew)).result).toBe(true)
  })

  test('is told by revokeUser, which cannot write over it [A8]', async () => {
    const storage = createStorage()
    const { store } = worldOf(fromUnstorage(storage))
    await store.revokeUser('ada')
    const [key] = await storage.getKeys('sessions')
    await storage.setItem(key as string, 'something else')
    await expect(store.revokeUser('ada')).rejects.toMatchObject({
      status: 503,
      cause: { reason: 'corrupt' },
    })
  })
})
