import { createHash } from 'node:crypto'
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
  /**
   * Keeps so many more, in the database itself: rows that visitors have begun, under other keys and with other ends.
   * Without it each is begun by a visitor.
   */
  copy?(sessions: number): Promise<void>
  stop(): Promise<void>
}

/** Longer than a run, so that no session ends meanwhile. */
const LIFE = 30 * 86_400
const life = { idleTimeout: LIFE, absoluteTimeout: LIFE, conflictTimeoutMs: 60_000 }
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
      copy: async (sessions) => {
        await client.query(
          `INSERT INTO ingot_sessions (key, text, version, ends_at)
          SELECT left(translate(encode(sha256(convert_to(key || number || '/' || $1::text, 'UTF8')), 'base64'), '+/', '-_'), 43),
            text, version, ends_at + (random() * 1e8)::int
          FROM (SELECT * FROM ingot_sessions LIMIT 10000) AS row, generate_series(1, ($1::int + 9999) / 10000) AS number
          LIMIT $1`,
          [sessions],
        )
      },
      stop: () => client.end(),
    }
  },
  mysql: async (url, newId) => {
    const connection = await createConnection(url)
    const sizes = `SELECT coalesce(sum(file_size), 0) AS bytes
      FROM information_schema.innodb_sys_tablespaces WHERE name LIKE 'shop/ingot%'`
    return {
      store: new MysqlStore({ newId, ...life }),
      components: [mysql(url, patient)],
      bytes: async () => Number((await connection.query<RowDataPacket[]>(sizes))[0][0]!['bytes']),
      copy: async (sessions) => {
        await connection.query(
          'CREATE TEMPORARY TABLE some SELECT * FROM ingot_sessions LIMIT 10000',
        )
        await connection.query(
          `INSERT INTO ingot_sessions (\`key\`, text, version, ends_at)
          SELECT left(replace(replace(to_base64(unhex(sha2(concat(\`key\`, seq, ?), 256))), '+', '-'), '/', '_'), 43),
            text, version, ends_at + floor(rand() * 1e8)
          FROM some, seq_1_to_100 WHERE seq <= ceil(? / 10000) LIMIT ?`,
          [sessions, sessions, sessions],
        )
        await connection.query('DROP TEMPORARY TABLE some')
      },
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
    copy: async (sessions) => {
      const database = new Database(path)
      database.function('other_key', (key, number) => {
        return createHash('sha256').update(`${key} ${number}`).digest('base64url')
      })
      database
        .prepare(
          `WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < (:sessions + 9999) / 10000)
          INSERT INTO ingot_sessions (key, text, version, ends_at)
          SELECT other_key(key, number + :sessions), text, version, ends_at + abs(random() % 100000000)
          FROM (SELECT * FROM ingot_sessions LIMIT 10000), numbers LIMIT :sessions`,
        )
        .run({ sessions })
      database.close()
    },
    stop: async () => {},
  }),
  memory: async (_url, newId) => ({
    store: new MemoryStore({ limit: 10_000_000, maxBytes: 2 ** 40, newId, ...life }),
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
