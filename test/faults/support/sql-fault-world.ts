import { value, type ClassToken } from '../../../src/di/index.js'
import type { SessionsOptions } from '../../../src/sessions/index.js'
import type { SqlBackendOptions } from '../../../src/sessions/sql/index.js'
import type { SqlBackend } from '../../../src/sessions/sql/sql-backend.js'
import type { SessionStore } from '../../../src/sessions/store/session-store.js'
import { visitors } from '../../sessions/server-store/server-store-suite.js'
import type { DatabaseServer } from '../../support/database-server.js'
import { startProxy } from './proxy.js'
import type { SmallDisk } from './small-disk.js'

/** A database that is broken by tests. */
export interface BreakableDatabase {
  start(): Promise<DatabaseServer>
  /** Connects as a user without privileges, through this port. */
  connect(port: number, options: SqlBackendOptions): Promise<SqlBackend>
  readonly Backend: ClassToken<SqlBackend>
  store(): SessionStore
  /** Why a write is refused that waits for a row for longer than the database lets it. */
  readonly heldReason: RegExp
  /** A connection of an administrator. */
  admin(server: DatabaseServer): Promise<Admin>
}

export interface Admin {
  /** Runs one statement on a connection of its own, and gives its rows. */
  run(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Makes the database and its user. */
  prepare(): Promise<void>
  /** Locks the rows of a table, and gives back a function that lets them go without a change. */
  hold(table: string): Promise<() => Promise<void>>
  /** The same, and the function that lets them go has changed them. */
  change(table: string): Promise<() => Promise<void>>
  /** Locks what a write will wait for; the function that it gives back wants what that write has, lets it lose, and ends. */
  entangle(table: string): Promise<() => Promise<void>>
  /** How many statements wait for a lock. */
  waiting(): Promise<number>
  /** How many deadlocks the server has seen. */
  deadlocks(): Promise<number>
  /** Gives the strictest isolation to new connections, or that of the server. */
  isolate(isStrict: boolean): Promise<void>
  /** Moves a table to a disk that can be filled. */
  toDisk(table: string, disk: SmallDisk): Promise<void>
  /** The user of the operating system that the server runs as. */
  readonly owner: string
  /** Refuses writes, and takes them again. */
  readOnly(isOn: boolean): Promise<void>
  /** Takes all connections that are left to users, and gives back a function that frees them. */
  occupy(): Promise<() => Promise<void>>
  close(): Promise<void>
}

export type SqlFaultWorld = Awaited<ReturnType<typeof sqlFaultWorld>>

/** An application with sessions in a server of the file, behind its own proxy, in a table of its own. */
export async function sqlFaultWorld(
  database: BreakableDatabase,
  server: DatabaseServer,
  options: { readonly timeout?: number; readonly sessions?: SessionsOptions } = {},
) {
  const { timeout = 1200 } = options
  const admin = await database.admin(server)
  const proxy = await startProxy(server.port)
  const table = `t_${Math.random().toString(36).slice(2)}`
  const first = await database.connect(server.port, { table, migrate: true, timeoutMs: 10_000 })
  await first.ready()
  await first.close()
  const backend = await database.connect(proxy.port, { table, timeoutMs: timeout })
  const world = await visitors(
    async () => ({
      store: database.store(),
      backend,
      components: [value(database.Backend, backend)],
    }),
    {},
    { onWarning: () => {}, ...options.sessions },
  )
  return {
    ...world,
    admin,
    proxy,
    server,
    close: () => backend.close(),
    table,
    [Symbol.asyncDispose]: async () => {
      await server.signal('SIGCONT')
      await world[Symbol.asyncDispose]()
      await backend.close()
      await admin.close()
      await proxy.stop()
    },
  }
}
