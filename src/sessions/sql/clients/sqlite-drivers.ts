import { findDriver, MissingDriver } from './driver.js'
import { isBusy, type SqliteDatabase } from './sqlite-file.js'

/** The drivers that can open a file, in the order in which they are tried. */
export const SQLITE_DRIVERS = ['better-sqlite3', 'libsql', 'node:sqlite'] as const
export type SqliteDriver = (typeof SQLITE_DRIVERS)[number]

/** How a file is opened. */
export interface SqliteSettings {
  /** Default: what is installed, then what Node has. */
  readonly driver: SqliteDriver | undefined
  readonly synchronous: 'normal' | 'full'
  /** Milliseconds that other processes may take to open it. */
  readonly timeoutMs: number
}

/**
 * Opens a file, and makes it when it is missing. Its journal is a write-ahead log: who reads does not wait for who
 * writes, and what was acknowledged is in the file of the log.
 *
 * @throws TypeError when no driver is there, with what to do.
 */
export async function openSqlite(
  path: string,
  { driver, synchronous, timeoutMs }: SqliteSettings,
): Promise<SqliteDatabase> {
  const open = await openerOf(driver)
  const until = performance.now() + timeoutMs
  for (;;) {
    let database: SqliteDatabase | undefined
    try {
      database = open(path)
      database.exec('PRAGMA busy_timeout = 0')
      database.exec('PRAGMA journal_mode = WAL')
      database.exec(`PRAGMA synchronous = ${synchronous}`)
      return database
    } catch (error) {
      database?.close()
      // Another process opens it for the first time.
      if (!isBusy(error) || performance.now() >= until) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A driver's own TypeError, as that of better-sqlite3 for a missing folder, is no mistake about drivers. */
function opened(Database: Opening, path: string): SqliteDatabase {
  try {
    return new Database(path)
  } catch (error) {
    throw error instanceof TypeError ? new Error(error.message, { cause: error }) : error
  }
}

type Open = (path: string) => SqliteDatabase
type Opening = new (path: string) => SqliteDatabase

async function openerOf(driver: SqliteDriver | undefined): Promise<Open> {
  for (const name of driver === undefined ? SQLITE_DRIVERS : [driver]) {
    const found = await findDriver<Opening | { readonly DatabaseSync: Opening }>(name)
    if (found instanceof MissingDriver) continue
    const Database = 'DatabaseSync' in found ? found.DatabaseSync : found
    return (path) => opened(Database, path)
  }
  if (driver !== undefined && driver !== 'node:sqlite')
    throw new TypeError(`sqlite(path) needs the package ${driver}: run npm install ${driver}.`)
  throw new TypeError(
    driver === undefined
      ? `sqlite(path) finds no SQLite: Node ${process.versions.node} has none. Run npm install better-sqlite3, or use Node 22.13 or later.`
      : `Node ${process.versions.node} has no node:sqlite. Use Node 22.13 or later, or run npm install better-sqlite3.`,
  )
}
