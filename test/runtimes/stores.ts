import { CookieStore, MemoryStore, type Component, type SessionStore } from 'ingot'
import { redis, RedisStore } from 'ingot/redis'
import { postgres, PostgresStore, sqlite, SqliteStore } from 'ingot/sql'
import { SECRET } from './secret.js'

/** Those that can run on workerd, which has no files and keeps no connection from request to request. */
export const ON_WORKERD = ['MemoryStore', 'CookieStore', 'RedisStore'] as const

export const STORES = [
  'MemoryStore',
  'CookieStore',
  'RedisStore',
  'SqliteStore',
  'PostgresStore',
] as const
export type StoreName = (typeof STORES)[number]

/** Where servers listen, and files are. */
export interface Places {
  readonly redis: string
  readonly postgres: string
  readonly sqlite: string
  readonly driver: 'libsql' | 'node:sqlite'
}

export interface OpenedStore {
  readonly store: SessionStore
  readonly components: readonly Component[]
}

/** Of each call; the machine may be busy. */
const timeoutMs = 10_000

/** A store where connections are kept from request to request. */
export function openStore(name: StoreName, places: Places): OpenedStore {
  switch (name) {
    case 'MemoryStore':
      return { store: new MemoryStore(), components: [] }
    case 'CookieStore':
      return { store: new CookieStore({ secret: SECRET }), components: [] }
    case 'RedisStore':
      return { store: new RedisStore({ timeoutMs }), components: [redis(places.redis)] }
    case 'SqliteStore': {
      const { sqlite: path, driver } = places
      return { store: new SqliteStore(), components: [sqlite(path, { driver, timeoutMs })] }
    }
    case 'PostgresStore':
      return {
        store: new PostgresStore(),
        components: [postgres(places.postgres, { migrate: true, timeoutMs })],
      }
  }
}
