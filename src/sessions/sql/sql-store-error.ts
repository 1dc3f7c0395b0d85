import { SessionStoreError } from '../errors/errors.js'
import { SqlSilence } from './clients/sql-client.js'
import { sqliteCode } from './clients/sqlite-file.js'
import type { Dialect } from './dialects/dialect.js'

/**
 * A statement of a store failed in its database. The error names the address, the operation and a bounded reason.
 * Errors of drivers hold the statement, and some its values; this one never does.
 */
export class SqlStoreError extends SessionStoreError {
  override readonly code = 'SESSION_SQL'
  /**
   * `timeout`, `unavailable` (no connection), the code of a network error (`ECONNREFUSED`), or the code of the
   * database: an SQLSTATE (`53300`), or a word (`SQLITE_FULL`, `ER_CON_COUNT_ERROR`).
   */
  override readonly reason: string

  constructor(operation: string, reason: string, address: string, dialect: Dialect) {
    super(`${dialect.name} at ${address} did not ${operation}: ${explain(reason, dialect)}`, {
      reason,
    })
    this.reason = reason
  }
}

/** The bounded reason of an error of a driver. Its text can quote values, so it is dropped. */
export function reasonOf(error: unknown, dialect: Dialect): string {
  if (error instanceof SqlSilence) return error.reason
  const code =
    dialect.name === 'SQLite' ? sqliteCode(error) : (Object(error) as { code?: unknown }).code
  if (code === 'PROTOCOL_CONNECTION_LOST') return 'unavailable'
  if (typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code)) return code
  // `pg` tells of a lost connection by a text alone.
  return dialect.name === 'SQLite' ? 'error' : 'unavailable'
}

function explain(reason: string, { explanations }: Dialect): string {
  return explanations[reason] ?? NETWORK[reason] ?? `it answered or failed with ${reason}.`
}

const NETWORK: Readonly<Record<string, string | undefined>> = {
  timeout:
    'no answer came in time. The database or the network may hang; the option `timeoutMs` says how long to wait.',
  unavailable: 'there is no connection. Is it running, and is the address right?',
  ECONNREFUSED: 'nothing listens at its address (ECONNREFUSED).',
  ENOTFOUND: 'its host name has no address (ENOTFOUND).',
}
