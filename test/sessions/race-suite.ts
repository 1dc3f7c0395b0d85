import { describe, expect, test } from 'vitest'
import { recordKey } from '../../src/sessions/session/session-id.js'
import { gate, idOf, visitors, type OpenStore } from './server-store/server-store-suite.js'

/**
 * Registers the races that every store with merged writes has to win.
 *
 * @param sessions how many sessions are raced for; twice as many writes are looked for on other connections.
 */
export function describeRaces(name: string, nodes: number, open: OpenStore, sessions = 500): void {
  /** Applications of their own, each with its own connection, as if they were processes. */
  const cluster = async () => {
    const worlds = await Promise.all(
      Array.from({ length: nodes }, () =>
        visitors(open, { conflictTimeoutMs: 20_000 }, { deadline: 25_000 }),
      ),
    )
    return {
      node: (index: number) => worlds[index % nodes]!,
      [Symbol.asyncDispose]: async () => {
        for (const world of worlds) await world[Symbol.asyncDispose]()
      },
    }
  }

  describe(`races of ${name}`, { timeout: 30_000 }, () => {
    test(`of 4 parallel writes of different keys in each of ${sessions} sessions none is lost [RA-23]`, async () => {
      await using world = await cluster()
      const lost: unknown[] = []
      await inBatches(sessions, 50, async (index) => {
        const cookie = await world.node(index).visitor()
        await Promise.all(
          [1, 2, 3, 4].map((n) =>
            world.node(n).visit(cookie, (session) => session.set(`key${n}`, n)),
          ),
        )
        const data = await world.node(index + 1).dataOf(cookie)
        const kept = { started: true, key1: 1, key2: 2, key3: 3, key4: 4 }
        if (JSON.stringify(sorted(data)) !== JSON.stringify(sorted(kept))) lost.push(data)
      })
      expect(lost).toEqual([])
    })

    test('200 parallel updates of one key of one session all count [RA-02, RA-22]', async () => {
      await using world = await cluster()
      const cookie = await world.node(0).visitor({ n: 0 })
      const done = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          world.node(index).visit(cookie, (session) => session.update('n', (n: number) => n + 1)),
        ),
      )
      expect(done.filter(({ status }) => status !== 200)).toEqual([])
      expect(await world.node(1).dataOf(cookie)).toEqual({ n: 200 })
    })

    test(`${sessions} logouts against slow writers revive no session and leave no part of one [RA-03]`, async () => {
      await using world = await cluster()
      const revived: string[] = []
      await inBatches(sessions, 50, async (index) => {
        const cookie = await world.node(index).visitor({ user: 'ada' })
        const hold = gate(2)
        const slow = [1, 2].map((n) =>
          world.node(index + n).visit(cookie, async (session) => {
            await hold.pass()
            session.set(`late${n}`, true)
          }),
        )
        await hold.waited
        const logout = world.node(index + 3).visit(cookie, (session) => session.destroy())
        hold.open()
        await Promise.all([logout, ...slow])
        const record = await world.node(index).backend.read(recordKey(idOf(cookie)))
        if (record !== undefined) revived.push(cookie)
      })
      expect(revived).toEqual([])
    })

    test(`${2 * sessions} writes are each seen by the next request on another connection [RA-15]`, async () => {
      await using world = await cluster()
      const missed: number[] = []
      await inBatches(2 * sessions, 20, async (n) => {
        const { cookie } = await world.node(n).visit(undefined, (session) => session.set('n', n))
        await world.node(n + 1).visit(cookie, (session) => session.set('again', n))
        const data = (await world.node(n + 2).dataOf(cookie)) as { n: number; again: number }
        if (data.n !== n || data.again !== n) missed.push(n)
      })
      expect(missed).toEqual([])
    })

    test('a code that four processes take at once is given to one', async () => {
      await using world = await cluster()
      const counts: number[] = []
      await inBatches(100, 20, async () => {
        const cookie = await world.node(0).visitor({ code: 'once' })
        const taken = await Promise.all(
          [0, 1, 2, 3].map((n) => world.node(n).visit(cookie, (session) => session.take('code'))),
        )
        counts.push(taken.filter(({ result }) => result === 'once').length)
      })
      expect(counts).toEqual(Array(100).fill(1))
    })

    test('interleaved requests of 50 visitors never mix [RA-19]', async () => {
      await using world = await cluster()
      const cookies = await Promise.all(
        Array.from({ length: 50 }, (_, user) => world.node(user).visitor({ user })),
      )
      const mixed: unknown[] = []
      await inBatches(1000, 100, async (index) => {
        const user = (index * 7) % 50
        const { result } = await world
          .node(index)
          .visit(cookies[user], (session) => session.get('user'))
        if (result !== user) mixed.push(result)
      })
      expect(mixed).toEqual([])
    })
  })
}

/** Runs `count` pieces of work, `atOnce` of them side by side. */
async function inBatches(count: number, atOnce: number, run: (index: number) => Promise<void>) {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await run(index)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

function sorted(data: unknown): unknown[] {
  return Object.entries(data as object).sort(([one], [other]) => (one < other ? -1 : 1))
}
