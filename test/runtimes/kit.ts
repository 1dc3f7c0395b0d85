/*
 * The conformance kit on one store, in whatever runs it.
 */
import { BackendStore, CookieStore, MemoryBackend, value } from 'ingot'
import { RedisBackend, RedisStore } from 'ingot/redis'
import {
  connectPostgres,
  connectSqlite,
  PostgresBackend,
  PostgresStore,
  SqliteBackend,
  SqliteStore,
} from 'ingot/sql'
import { sessionBackendCases, sessionStoreCases, type ConformanceCase } from 'ingot/testing'
import { Redis } from 'ioredis'
import { SECRET } from './secret.js'
import type { Places, StoreName } from './stores.js'

/** Of each call; the machine may be busy. */
const timeoutMs = 10_000

/** How a kit went. */
export interface KitRun {
  readonly total: number
  /** Names of cases, with the reasons. */
  readonly failures: readonly string[]
}

/** Runs the cases of a store, and of its backend. */
export async function runKit(name: StoreName, places: Places): Promise<KitRun> {
  const cases = KITS[name](places)
  const failures: string[] = []
  for (const { name: title, run } of cases)
    await run().catch((error: unknown) => failures.push(`${title}: ${String(error)}`))
  return { total: cases.length, failures }
}

const KITS: Readonly<Record<StoreName, (places: Places) => ConformanceCase[]>> = {
  MemoryStore: () => [
    ...sessionBackendCases(({ clock }) => ({ backend: new MemoryBackend({ now: clock }) })),
    ...sessionStoreCases((conditions) => {
      const backend = new MemoryBackend({ now: conditions.clock })
      return { store: new BackendStore(backend, conditions) }
    }),
  ],

  CookieStore: () =>
    sessionStoreCases(
      (conditions) => ({ store: new CookieStore({ secret: SECRET, ...conditions }) }),
      { capabilities: { isRevocable: false, mergesWrites: false, takesOnce: false } },
    ),

  RedisStore({ redis }) {
    const open = () => {
      const client = new Redis(redis)
      const prefix = `${crypto.randomUUID()}:`
      return { client, prefix, close: () => client.disconnect() }
    }
    return [
      ...sessionBackendCases(
        () => {
          const { client, prefix, close } = open()
          return { backend: new RedisBackend(client, { prefix, timeoutMs }), close }
        },
        { hasClock: false },
      ),
      ...sessionStoreCases((conditions) => {
        const { client, prefix, close } = open()
        const store = new RedisStore({ prefix, timeoutMs, ...conditions })
        return { store, components: [value(Redis, client)], close }
      }),
    ]
  },

  SqliteStore({ sqlite, driver }) {
    const open = async () => {
      const backend = await connectSqlite(sqlite, { driver, timeoutMs })
      return { backend, close: () => backend.close() }
    }
    return [
      ...sessionBackendCases(open, { hasClock: false }),
      ...sessionStoreCases(async (conditions) => {
        const { backend, close } = await open()
        const components = [value(SqliteBackend, backend)]
        return { store: new SqliteStore(conditions), components, close }
      }),
    ]
  },

  PostgresStore({ postgres }) {
    const open = async () => {
      const backend = await connectPostgres(postgres, { migrate: true, timeoutMs })
      return { backend, close: () => backend.close() }
    }
    return [
      ...sessionBackendCases(open, { hasClock: false }),
      ...sessionStoreCases(async (conditions) => {
        const { backend, close } = await open()
        const components = [value(PostgresBackend, backend)]
        return { store: new PostgresStore(conditions), components, close }
      }),
    ]
  },
}
