import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { DatabaseServer } from '../../support/database-server.js'
import { after, longest, statuses, underLoad, untilServed, type Tally } from './fault-world.js'
import { canMount, smallDisk } from './small-disk.js'
import { sqlFaultWorld, type BreakableDatabase, type SqlFaultWorld } from './sql-fault-world.js'

/** Registers what has to hold while a database breaks. */
export function describeFaults(name: string, database: BreakableDatabase): void {
  let server: DatabaseServer
  beforeAll(async () => {
    server = await database.start()
    const admin = await database.admin(server)
    await admin.prepare()
    await admin.close()
  })
  afterAll(() => server.stop())

  describe(`faults of ${name}`, () => {
    test('killed and started again, it has every session and every acknowledged write', async () => {
      await using world = await sqlFaultWorld(database, server)
      const tallies = await underLoad(
        world,
        async () => {
          await server.signal('SIGKILL')
          await after(300)
          await server.restart()
          await untilServed(world)
          await after(300)
        },
        5,
      )
      const found = await keptOf(world, tallies)
      for (const [index, { acked }] of tallies.entries()) {
        expect(found[index]).toBeGreaterThanOrEqual(acked)
        // At most the write that was under way as the server died landed without a reply.
        expect(found[index]).toBeLessThanOrEqual(acked + 1)
      }
      expect(statuses(tallies)).toEqual([200, 503])
      expect(longest(tallies)).toBeLessThan(SLOWEST)
      expect(tallies.reduce((sum, { strayCookies }) => sum + strayCookies, 0)).toBe(0)
    })

    test('frozen for 3 s under load, it makes no request take longer than the timeout, and nothing is lost', async () => {
      await using world = await sqlFaultWorld(database, server, {
        sessions: { failureThreshold: Infinity },
      })
      const tallies = await underLoad(world, async () => {
        await server.signal('SIGSTOP')
        await after(3000)
        await server.signal('SIGCONT')
        await untilServed(world)
        await after(300)
      })
      expect(longest(tallies)).toBeLessThan(SLOWEST)
      expect(statuses(tallies)).toEqual([200, 503])
      const found = await keptOf(world, tallies)
      for (const [index, { acked, statuses: seen }] of tallies.entries()) {
        expect(seen.get(503)).toBeGreaterThan(1)
        expect(found[index]).toBeGreaterThanOrEqual(acked)
        // Only what it was doing as it froze.
        expect(found[index]).toBeLessThanOrEqual(acked + 1)
      }
    })

    test('a write that timed out while it was frozen does not land afterwards', async () => {
      await using world = await sqlFaultWorld(database, server)
      const cookie = await world.visitor({ n: 1 })
      const frozen: Promise<void>[] = []
      const { status, setCookies } = await world.visit(cookie, async (session) => {
        frozen.push(server.signal('SIGSTOP'))
        await Promise.all(frozen)
        session.set('n', 2)
      })
      expect([status, setCookies]).toEqual([503, []])
      await server.signal('SIGCONT')
      await untilServed(world)
      await after(200)
      expect(await world.dataOf(cookie)).toEqual({ n: 1 })
    })

    test('a statement that arrives after its deadline writes nothing', async () => {
      await using world = await sqlFaultWorld(database, server)
      const cookie = await world.visitor({ n: 1 })
      const write = await world.visit(cookie, (session) => {
        world.proxy.delayCommands(2000)
        session.set('n', 2)
      })
      expect(write.status).toBe(503)
      await after(2500)
      world.proxy.pass()
      const logout = await world.visit(cookie, (session) => {
        world.proxy.delayCommands(2000)
        session.destroy()
      })
      expect(logout.status).toBe(503)
      await after(2500)
      world.proxy.pass()
      await untilServed(world)
      expect(await world.dataOf(cookie)).toEqual({ n: 1 })
    })

    test('a write that waits for a row which somebody holds is a 503 in time, and does not land when the row is free', async () => {
      await using world = await sqlFaultWorld(database, server, {
        timeout: 5000,
        sessions: { deadline: 400 },
      })
      const cookie = await world.visitor({ n: 1 })
      const release = await world.admin.hold(world.table)
      const began = performance.now()
      const [write, logout] = await Promise.all([
        world.visit(cookie, (session) => session.set('n', 2)),
        world.visit(cookie, (session) => session.destroy()),
      ])
      expect([write.status, logout.status]).toEqual([503, 503])
      expect(performance.now() - began).toBeLessThan(SLOWEST)
      await release()
      await after(300)
      await expect.poll(() => world.dataOf(cookie), { timeout: 10_000 }).toEqual({ n: 1 })
    })

    test('a write that waits for a row for longer than the database lets it is told so', async () => {
      await using world = await sqlFaultWorld(database, server, { timeout: 3000 })
      await world.visitor()
      const [row] = await world.admin.run(`SELECT * FROM ${world.table}`)
      const release = await world.admin.hold(world.table)
      const write = world.backend.replace(String(row?.['key']), 1, String(row?.['text']), 60_000)
      await expect(write).rejects.toMatchObject({
        reason: expect.stringMatching(database.heldReason),
      })
      await release()
    })

    test('a write that loses a deadlock is sent again, and the visitor notices nothing', async () => {
      await using world = await sqlFaultWorld(database, server, PATIENT)
      const cookie = await world.visitor({ n: 1 })
      const before = await world.admin.deadlocks()
      const tighten = await world.admin.entangle(world.table)
      const write = world.visit(cookie, (session) => session.set('n', 2))
      await expect.poll(() => world.admin.waiting(), LOOKING).toBe(1)
      await tighten()
      expect((await write).status).toBe(200)
      expect(await world.dataOf(cookie)).toEqual({ n: 2 })
      await expect.poll(() => world.admin.deadlocks()).toBe(before + 1)
    })

    test('with the strictest isolation a write that another one keeps from being serialized is sent again', async () => {
      const before = await database.admin(server)
      await before.isolate(true)
      try {
        await using world = await sqlFaultWorld(database, server, PATIENT)
        const cookie = await world.visitor({ n: 0 })
        const release = await world.admin.change(world.table)
        const write = world.visit(cookie, (session) => session.set('n', 1))
        await expect.poll(() => world.admin.waiting(), LOOKING).toBe(1)
        await release()
        expect((await write).status).toBe(200)
        const updates = await Promise.all(
          Array.from({ length: 100 }, () =>
            world.visit(cookie, (session) => session.update('n', (n: number) => n + 1)),
          ),
        )
        expect(updates.filter(({ status }) => status !== 200)).toEqual([])
        expect(await world.dataOf(cookie)).toEqual({ n: 101 })
      } finally {
        await before.isolate(false)
        await before.close()
      }
    })

    test.runIf(canMount)(
      'while its disk is full, sessions are read and ended, other writes are 503s, and it works again when there is space',
      async () => {
        await using world = await sqlFaultWorld(database, server)
        const disk = await smallDisk(world.admin.owner)
        onTestFinished(() => disk.remove())
        await world.admin.toDisk(world.table, disk)
        const cookie = await world.visitor({ n: 1 })
        const leaving = await world.visitor({ n: 1 })
        disk.fill()
        // What is left in its pages is soon used up. The text cannot be compressed.
        const text = randomBytes(2000).toString('base64')
        const begin = () => world.visit(undefined, (session) => session.set('text', text))
        await expect
          .poll(async () => (await begin()).status, { interval: 1, timeout: 30_000 })
          .toBe(503)
        expect((await begin()).setCookies).toEqual([])
        await expect(world.backend.create('k'.repeat(43), text, 1000)).rejects.toThrow(
          'its disk is full',
        )
        expect(await world.dataOf(cookie)).toEqual({ n: 1 })
        expect((await world.visit(leaving, (session) => session.destroy())).status).toBe(200)
        expect(await world.dataOf(leaving)).toEqual({})
        disk.free()
        expect((await begin()).status).toBe(200)
        expect(await world.dataOf(cookie)).toEqual({ n: 1 })
        await world.admin.run(`DROP TABLE ${world.table}`)
      },
    )

    test('while it is read-only, sessions can be read, and writes and logouts are 503s', async () => {
      await using world = await sqlFaultWorld(database, server)
      const cookie = await world.visitor({ n: 1 })
      await world.admin.readOnly(true)
      try {
        expect(await world.dataOf(cookie)).toEqual({ n: 1 })
        for (const act of ['write', 'logout'] as const) {
          const { status } = await world.visit(cookie, (session) =>
            act === 'write' ? session.set('n', 2) : session.destroy(),
          )
          expect(status).toBe(503)
        }
        const created = world.backend.create('k'.repeat(43), '1', 1000)
        await expect(created).rejects.toThrow('it is read-only')
      } finally {
        await world.admin.readOnly(false)
      }
      await untilServed(world)
      expect(await world.dataOf(cookie)).toEqual({ n: 1 })
    })

    test('while it has too many connections, requests are 503s in time, and afterwards they are served', async () => {
      await using world = await sqlFaultWorld(database, server)
      const cookie = await world.visitor({ n: 1 })
      world.proxy.cut()
      const free = await world.admin.occupy()
      try {
        const began = performance.now()
        expect((await world.visit(cookie, () => {})).status).toBe(503)
        expect(performance.now() - began).toBeLessThan(SLOWEST)
        await expect(world.backend.read('k'.repeat(43))).rejects.toThrow('too many connections')
      } finally {
        await free()
      }
      await untilServed(world)
      expect(await world.dataOf(cookie)).toEqual({ n: 1 })
    })

    test('connections that are cut every 500 ms for 3 s lose no acknowledged write', async () => {
      await using world = await sqlFaultWorld(database, server)
      const tallies = await underLoad(world, async () => {
        for (let count = 0; count < 6; count++) {
          world.proxy.cut()
          await after(500)
        }
      })
      await untilServed(world)
      const found = await keptOf(world, tallies)
      for (const [index, { acked, statuses: seen }] of tallies.entries()) {
        expect(acked).toBeGreaterThan(0)
        expect(found[index]).toBeGreaterThanOrEqual(acked)
        expect(found[index]).toBeLessThanOrEqual(acked + (seen.get(503) ?? 0))
      }
      expect(longest(tallies)).toBeLessThan(SLOWEST)
    })

    test('while it refuses connections every request ends in time, and close() takes no longer', async () => {
      await using world = await sqlFaultWorld(database, server)
      const cookie = await world.visitor()
      world.proxy.refuse()
      for (let count = 0; count < 10; count++) {
        const began = performance.now()
        expect((await world.visit(cookie, () => {})).status).toBe(503)
        expect(performance.now() - began).toBeLessThan(SLOWEST)
      }
      world.proxy.pass()
      await untilServed(world)
      world.proxy.swallow()
      expect((await world.visit(cookie, () => {})).status).toBe(503)
      const began = performance.now()
      await world.close()
      expect(performance.now() - began).toBeLessThan(SLOWEST)
    })
  })
}

/** Whoever waits for a lock must not be given up before the test lets it go. */
const PATIENT = { timeout: 10_000, sessions: { deadline: 20_000 } }

/** MariaDB looks anew only when nobody has asked for a tenth of a second. */
const LOOKING = { interval: 200, timeout: 10_000 }

/** Milliseconds that one operation may take, and a request with two of them on a busy machine. */
const SLOWEST = 3500

/** The number that each visitor's session has when it can be read again. */
async function keptOf(world: SqlFaultWorld, tallies: readonly Tally[]): Promise<number[]> {
  const kept: number[] = []
  for (const { cookie } of tallies) {
    const read = () => world.visit(cookie, (session) => session.get('n'))
    await expect.poll(async () => (await read()).status, { timeout: 10_000 }).toBe(200)
    kept.push(Number((await read()).result))
  }
  return kept
}
