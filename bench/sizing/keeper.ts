import { statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { Redis } from 'ioredis'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { Client } from 'pg'
import { type Component, MemoryStore, type SessionStore } from '../../src/index.js'
import { redis, RedisStore } from '../../src/sessions/redis/index.js'
import {
  mysql,
  MysqlStore,
  postgres,
  PostgresStore,
  sqlite,
  SqliteStore,
} from '../../src/sessions/sql/index.js'
import type { Place } from './figures.js'

/** What keeps the sessions of one filling, and how large it is. */
export interface Keeper {
  readonly store: SessionStore
  readonly components: readonly Component[]
  bytes(): Promise<number>
  stop(): Promise<void>
}

/** Longer than a run, so that no session ends meanwhile. */
const LIFE = 30 * 86_400
const life = { idleTimeout: LIFE, absoluteTimeout: LIFE }
/** A busy machine must not make it refuse what others wait for. */
const patient = { migrate: true, timeoutMs: 60_000 }

/**
 * @param url of the storage; in memory it is not used.
 * @param newId makes ids that a later request knows.
 */
export const keepers: Readonly<
  Record<Place, (url: string, newId: () => string) => Promise<Keeper>>
> = {
  redis: async (url, newId) => {
    const client = new Redis(url)
    const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1])
    return {
      store: new RedisStore({ newId, ...life }),
      components: [redis(url)],
      bytes: used,
      stop: async () => client.disconnect(),
    }
  },
  postgres: async (url, newId) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    const sizes = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS bytes
      FROM pg_class WHERE relname = 'ingot_sessions'`
    return {
      store: new PostgresStore({ newId, ...life }),
      components: [postgres(url, patient)],
      bytes: async () => Number((await client.query<{ bytes: string }>(sizes)).rows[0]!.bytes),
      stop: () => client.end(),
    }
  },
  mysql: async (url, newId) => {
    const connection = await createConnection(url)
    // Keys come in no order: pages that do not fit are read and written again and again.
    await connection.query('SET GLOBAL innodb_buffer_pool_size = 1073741824')
    const sizes = `SELECT coalesce(sum(file_size), 0) AS bytes
      FROM information_schema.innodb_sys_tablespaces WHERE name LIKE 'shop/ingot%'`
    return {
      store: new MysqlStore({ newId, ...life }),
      components: [mysql(url, patient)],
      bytes: async () => Number((await connection.query<RowDataPacket[]>(sizes))[0][0]!['bytes']),
      stop: () => connection.end(),
    }
  },
  sqlite: async (path, newId) => ({
    store: new SqliteStore({ newId, ...life }),
    components: [sqlite(path, { ...patient, driver: 'better-sqlite3' })],
    bytes: async () => {
      const database = new Database(path)
      database.pragma('wal_checkpoint(TRUNCATE)')
      database.close()
      return statSync(path).size
    },
    stop: async () => {},
  }),
  memory: async (_url, newId) => ({
    store: new MemoryStore({ limit: 10_000_000, newId, ...life }),
    components: [],
    bytes: async () => {
      // Some values are let go only in the turn after the one that found them dead.
      for (let times = 0; times < 4; times++) {
        globalThis.gc!()
        await new Promise(setImmediate)
      }
      return process.memoryUsage().heapUsed
    },
    stop: async () => {},
  }),
}
