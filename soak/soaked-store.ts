import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Component, ServerStoreOptions, ServerStore } from 'ingot'
import { RedisStore, redis } from 'ingot/redis'
import { MysqlStore, PostgresStore, SqliteStore, mysql, postgres, sqlite } from 'ingot/sql'
import type { DatabaseServer } from '../test/support/database-server.js'
import { startMariadb } from '../test/support/mariadb-server.js'
import { startPostgres } from '../test/support/postgres-server.js'
import { DurableRedis } from './durable-redis.js'

/** Where the sessions of a run are, and how that is broken. */
export interface SoakedStore {
  /** Where it listens; `undefined` for a file. */
  readonly port: number | undefined
  /** What the shop is told, when it finds the store at this port. */
  environment(port: number): Readonly<Record<string, string>>
  /** What an application of the soak itself needs. */
  components(port: number): readonly Component[]
  store(options: ServerStoreOptions): ServerStore
  kill(): Promise<void>
  restart(): Promise<void>
  /** Stops it until `resume`: connections stay open, and nothing is answered. */
  freeze(): Promise<void> | void
  resume(): Promise<void> | void
  /** Sends one command of Redis past the proxy. */
  command?(line: string): Promise<void>
  stop(): Promise<void>
}

export const STORES = ['redis', 'postgres', 'mysql', 'sqlite'] as const
export type StoreName = (typeof STORES)[number]

// The faults are counted; a warning for each would hide the report.
const quiet = { onOutage: () => {} }

export const startStore: Readonly<Record<StoreName, () => Promise<SoakedStore>>> = {
  redis: async () => {
    const server = await DurableRedis.start()
    const urlOf = (port: number) => `redis://127.0.0.1:${port}`
    return {
      port: server.port,
      environment: (port) => ({ REDIS_URL: urlOf(port) }),
      components: (port) => [redis(urlOf(port), { ...quiet, onEviction: () => {} })],
      store: (options) => new RedisStore(options),
      kill: () => server.kill(),
      restart: () => server.restart(),
      freeze: () => server.freeze(),
      resume: () => server.resume(),
      command: (line) => server.command(line),
      stop: () => server.stop(),
    }
  },
  postgres: async () => {
    const server = await startPostgres()
    return {
      ...overServer(server),
      components: (port) => [postgres(urlOf(server, port), { migrate: true, ...quiet })],
      store: (options) => new PostgresStore(options),
    }
  },
  mysql: async () => {
    const server = await startMariadb()
    return {
      ...overServer(server),
      components: (port) => [mysql(urlOf(server, port), { migrate: true, ...quiet })],
      store: (options) => new MysqlStore(options),
    }
  },
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-soak-'))
    const file = join(folder, 'sessions.db')
    const nothing = async (): Promise<void> => {}
    return {
      port: undefined,
      environment: () => ({ SESSION_FILE: file }),
      components: () => [sqlite(file, quiet)],
      store: (options) => new SqliteStore(options),
      kill: nothing,
      restart: nothing,
      freeze: nothing,
      resume: nothing,
      stop: async () => rmSync(folder, { recursive: true }),
    }
  },
}

function overServer(server: DatabaseServer) {
  return {
    port: server.port,
    environment: (port: number) => ({ DATABASE_URL: urlOf(server, port) }),
    kill: () => server.signal('SIGKILL'),
    restart: () => server.restart(),
    freeze: () => server.signal('SIGSTOP'),
    resume: () => server.signal('SIGCONT'),
    stop: () => server.stop(),
  }
}

/** Through the proxy. */
function urlOf(server: DatabaseServer, port: number): string {
  return server.url.replace(`:${server.port}/`, `:${port}/`)
}
