import { randomBytes } from 'node:crypto'
import { value, type ClassToken, type Component, type ServerStoreOptions } from 'ingot'
import type { SqlBackendOptions } from 'ingot/sql'
import type { SqlBackend } from '../../../src/sessions/sql/sql-backend.js'
import type { SessionStore } from '../../../src/sessions/store/session-store.js'
import type { OpenStore } from '../server-store/server-store-suite.js'

/** A real database of one test file, in which the table of sessions is made when it is asked for. */
export interface Database {
  /** Makes a backend over connections of its own. */
  connect(options?: SqlBackendOptions): Promise<SqlBackend>
  /** Provides a backend as an application does. */
  component(options?: SqlBackendOptions): Component
  readonly Backend: ClassToken<SqlBackend>
  store(options?: ServerStoreOptions): SessionStore
  /** Runs a statement as somebody else would, and gives its rows. */
  run(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** A table whose key is not unique, and all else is right. */
  keyless(table: string): string
  /** Types of columns other than by default. */
  readonly longTypes: NonNullable<SqlBackendOptions['types']>
  stop(): Promise<void>
}

/** What an application has made itself, and gives by a token. */
export interface OwnClient {
  /** A backend over it, and the client by its token. */
  readonly components: readonly Component[]
  /** Runs a statement on it as the application does; it must be open, whatever the store has closed. */
  use(): Promise<unknown>
  close(): Promise<unknown>
}

/** By what the client is. */
export type OwnClients = Readonly<
  Record<string, (options: SqlBackendOptions) => Promise<OwnClient> | OwnClient>
>

export type OpenDatabase = () => Promise<Database>

/** The table is made, and a busy machine does not fail the store. */
export const PATIENT = { migrate: true, timeoutMs: 10_000 } as const

export function newTable(): string {
  return `t_${randomBytes(6).toString('hex')}`
}

/** Each world has connections of its own, as a process has. */
export function overSql(database: () => Database, table?: string): OpenStore {
  return async (options = {}) => {
    const opened = database()
    const backend = await opened.connect({ ...PATIENT, table: table ?? newTable() })
    return {
      store: opened.store(options),
      backend,
      components: [value(opened.Backend, backend)],
      stop: () => backend.close(),
    }
  }
}
