import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { redis, RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import type { ServerStoreOptions, SessionsOptions } from '../../../src/sessions/index.js'
import { startRedis } from '../../support/redis-server.js'
import { visitors } from '../../sessions/server-store/server-store-suite.js'
import { startProxy } from './proxy.js'

export interface FaultWorldOptions {
  /** Whether Redis writes to a file, so that its data survives a kill. */
  readonly isDurable?: boolean
  /** Milliseconds that one operation of the store may take. */
  readonly timeout?: number
  readonly sessions?: SessionsOptions
  readonly store?: ServerStoreOptions
  /** `default`: the process warning of `redis(url)`. */
  readonly onOutage?: ((reason: string) => void) | 'default'
}

/** An application with sessions in its own Redis, behind its own proxy. */
export async function faultWorld(options: FaultWorldOptions = {}) {
  const { isDurable = false, timeout = 300, onOutage = () => {} } = options
  const folder = mkdtempSync(join(tmpdir(), 'ingot-fault-'))
  const args = ['--dir', folder, '--appendonly', isDurable ? 'yes' : 'no']
  let server = await startRedis({ args })
  const proxy = await startProxy(server.port)
  const url = `redis://127.0.0.1:${proxy.port}`
  const admin = new Redis(server.port, { retryStrategy: () => 20 })
  admin.on('error', () => {})
  const store = new RedisStore({ timeoutMs: timeout, ...options.store })
  const world = await visitors(
    async () => ({
      store,
      backend: new RedisBackend(admin),
      components: [redis(url, onOutage === 'default' ? {} : { onOutage })],
    }),
    {},
    // Faults are warned of; the tests that look at it listen themselves.
    { onWarning: () => {}, ...options.sessions },
  )
  return {
    ...world,
    admin,
    proxy,
    /** Freezes the server, and lets it continue. */
    freeze: () => void server.process.kill('SIGSTOP'),
    thaw: () => void server.process.kill('SIGCONT'),
    kill: () => server.stop(),
    /** Starts a server again on the same port, with the files of the last one. */
    restart: async () => {
      server = await startRedis({ port: server.port, args })
    },
    [Symbol.asyncDispose]: async () => {
      server.process.kill('SIGCONT')
      await world[Symbol.asyncDispose]()
      admin.disconnect()
      await proxy.stop()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type FaultWorld = Awaited<ReturnType<typeof faultWorld>>

/** An application and its visitors, whatever its store. */
type Visited = Pick<FaultWorld, 'visit' | 'visitor' | 'dataOf'>

/** The results of the requests of one visitor, each of which adds 1 to a number in their session. */
export interface Tally {
  readonly cookie: string
  readonly statuses: Map<number, number>
  /** Requests that got a 200. */
  acked: number
  /** Milliseconds of the slowest request. */
  longest: number
  /** Cookies that failed responses set. */
  strayCookies: number
}

/** Lets visitors send one request after the other while something happens to the store. */
export async function underLoad(
  world: Visited,
  fault: () => Promise<unknown>,
  count = 10,
): Promise<Tally[]> {
  const cookies = await Promise.all(Array.from({ length: count }, () => world.visitor({ n: 0 })))
  const load = { isOver: false }
  const one = async (cookie: string): Promise<Tally> => {
    const tally = { cookie, statuses: new Map(), acked: 0, longest: 0, strayCookies: 0 }
    while (!load.isOver) {
      const began = performance.now()
      const { status, setCookies } = await world.visit(cookie, (session) =>
        session.update('n', (n: number | undefined) => (n ?? 0) + 1),
      )
      tally.longest = Math.max(tally.longest, performance.now() - began)
      tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
      if (status === 200) tally.acked += 1
      else tally.strayCookies += setCookies.length
      await after(2)
    }
    return tally
  }
  const running = Promise.all(cookies.map(one))
  try {
    await after(100)
    await fault()
  } finally {
    load.isOver = true
  }
  return running
}

/** The number in each visitor's session. */
export async function numbers(world: Visited, tallies: readonly Tally[]): Promise<number[]> {
  const data = await Promise.all(tallies.map(({ cookie }) => world.dataOf(cookie)))
  return data.map((each) => (each as { n?: number } | undefined)?.n ?? 0)
}

export function longest(tallies: readonly Tally[]): number {
  return Math.max(...tallies.map((tally) => tally.longest))
}

export function statuses(tallies: readonly Tally[]): number[] {
  return [...new Set(tallies.flatMap((tally) => [...tally.statuses.keys()]))].toSorted(
    (one, other) => one - other,
  )
}

/** Waits until a visit succeeds again. Throws after five seconds. */
export async function untilServed(world: Visited): Promise<void> {
  const end = performance.now() + 5000
  while (performance.now() < end) {
    const { status } = await world.visit(undefined, (session) => session.set('probe', true))
    if (status === 200) return
    await after(20)
  }
  throw new Error('Nobody was served within five seconds.')
}

export { after }
