import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session } from '../../../src/sessions/index.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { gate, overMemory, overRedis, visitors, type OpenStore } from './server-store-suite.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describe.each<[string, OpenStore]>([
  ['MemoryStore', overMemory],
  ['RedisStore', overRedis(() => server)],
])('in a %s', (_, open) => {
  /** What is stored when one request did `mine`, and another `theirs` before the first one ended. */
  async function raced(
    before: Record<string, unknown>,
    mine: (session: Session) => unknown,
    theirs: (session: Session) => unknown,
  ) {
    await using world = await visitors(open)
    const cookie = await world.visitor(before)
    const hold = gate()
    const slow = world.visit(cookie, async (session) => {
      await mine(session)
      await hold.pass()
    })
    await hold.waited
    await world.visit(cookie, (session) => void theirs(session))
    hold.open()
    expect((await slow).status).toBe(200)
    return await world.dataOf(cookie)
  }

  const increment = (n = 0): number => n + 1

  test.each<[string, (session: Session) => unknown, unknown]>([
    ['an update alone is made again', (session) => session.update('n', increment), { n: 11 }],
    [
      'two updates are both made again',
      (session) => {
        session.update('n', increment)
        session.update('n', increment)
      },
      { n: 12 },
    ],
    [
      'set() after it is the last write',
      (session) => {
        session.update('n', increment)
        session.set('n', 5)
      },
      { n: 5 },
    ],
    [
      'delete() after it removes the key',
      (session) => {
        session.update('n', increment)
        session.delete('n')
      },
      {},
    ],
    [
      'delete() and set() after it are the last write',
      (session) => {
        session.update('n', increment)
        session.delete('n')
        session.set('n', 7)
      },
      { n: 7 },
    ],
    [
      'delete() and another update() begin with nothing',
      (session) => {
        session.update('n', increment)
        session.delete('n')
        session.update('n', increment)
      },
      { n: 1 },
    ],
    [
      'clear() and another update() begin with nothing',
      (session) => {
        session.update('n', increment)
        session.clear()
        session.update('n', increment)
      },
      { n: 1 },
    ],
    [
      'a commit and another update() make the second one again, and not the first',
      async (session) => {
        session.update('n', increment)
        await session.commit()
        session.update('n', increment)
      },
      { n: 11 },
    ],
    [
      'set() before it makes it a part of that write',
      (session) => {
        session.set('n', 5)
        session.update('n', increment)
      },
      { n: 6 },
    ],
    [
      'clear() before it makes it begin with nothing',
      (session) => {
        session.clear()
        session.update('n', increment)
      },
      { n: 1 },
    ],
  ])('after update(): %s', async (_title, mine, expected) => {
    expect(await raced({ n: 0 }, mine, (session) => session.set('n', 10))).toEqual(expected)
  })

  test('after update(): a change inside the value is the last write', async () => {
    const mine = (session: Session) => {
      session.update('list', (list: number[]) => [...list, 1])
      ;(session.get('list') as number[]).push(2)
    }
    const theirs = (session: Session) => session.set('list', [9])
    expect(await raced({ list: [] }, mine, theirs)).toEqual({ list: [1, 2] })
  })

  test('a commit makes an update once, and the end does not make it again', async () => {
    const mine = async (session: Session) => {
      session.update('n', increment)
      await session.commit()
      session.set('other', true)
    }
    expect(await raced({ n: 0 }, mine, (session) => session.set('n', 10))).toEqual({
      n: 10,
      other: true,
    })
  })

  test('what clear() cleared in a commit is not cleared again at the end', async () => {
    const mine = async (session: Session) => {
      session.clear()
      await session.commit()
      session.set('mine', 1)
    }
    const theirs = (session: Session) => session.set('theirs', 1)
    expect(await raced({ old: 1 }, mine, theirs)).toEqual({ mine: 1, theirs: 1 })
  })

  test('clear() after a commit clears what came in between', async () => {
    const mine = async (session: Session) => {
      session.set('mine', 1)
      await session.commit()
      session.clear()
    }
    const theirs = (session: Session) => session.set('theirs', 1)
    expect(await raced({ old: 1 }, mine, theirs)).toEqual({})
  })

  test('take() after a first write and a commit is that of the store, once', async () => {
    await using world = await visitors(open)
    const second = gate()
    const first = await world.visit(undefined, async (session) => {
      session.set('code', 'once')
      await session.commit()
    })
    const taking = world.visit(first.cookie, async (session) => {
      session.set('again', 'once')
      await session.commit()
      await second.pass()
      return [await session.take('again'), await session.take('code')]
    })
    await second.waited
    const other = await world.visit(first.cookie, async (session) => session.take('again'))
    second.open()
    expect(other.result).toBe('once')
    expect((await taking).result).toEqual([null, 'once'])
  })

  test('a write that changes nothing of the life of a session sets no cookie', async () => {
    await using world = await visitors(open, { persistent: true })
    const cookie = await world.visitor({ a: 1 })
    for (const write of [
      (session: Session) => void session.set('a', 2),
      (session: Session) => void session.update('a', increment),
      (session: Session) => void session.delete('a'),
      (session: Session) => session.clear(),
      (session: Session) => session.flash.set('saved', true),
      (session: Session) => session.touch(),
      async (session: Session) => void (await session.take('a')),
    ]) {
      const { status, setCookies } = await world.visit(cookie, write)
      expect([status, setCookies]).toEqual([200, []])
    }
  })
})
