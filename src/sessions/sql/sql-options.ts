import { aBoolean, aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { checkNumber, checkSessionOptions, ownOptions } from '../errors/options.js'
import { TABLE_RULES, tableOf, type SqlTableOptions, type Table } from './table.js'

/** How a table keeps sessions. */
export interface SqlBackendOptions extends SqlTableOptions {
  /** Makes the table when it is missing, also when several processes start at once. Default: false. */
  readonly migrate?: boolean
  /** How long one operation may take, in milliseconds, including the wait for a connection. Default: 800. */
  readonly timeoutMs?: number
  /** Seconds between two looks for expired rows, which a backend deletes when it has nothing to do; 0: it deletes none. Default: 60. */
  readonly sweepInterval?: number
  /** Milliseconds on a clock that only goes forward, for `sweepInterval`. Default: `performance.now`. */
  readonly now?: () => number
  /**
   * Called when the database cannot be reached at the start, with a bounded reason such as `ECONNREFUSED` and the
   * address; the application starts without it. Default: a process warning.
   */
  readonly onOutage?: (reason: string, address: string) => void
}

/** What the options of every backend in a table take. */
export const SQL_BACKEND_RULES: OptionRules<SqlBackendOptions> = {
  ...TABLE_RULES,
  migrate: aBoolean,
  timeoutMs: checkedElsewhere,
  sweepInterval: checkedElsewhere,
  now: aFunction,
  onOutage: aFunction,
}

/** Options with what they are by default. */
export interface SqlRules {
  readonly table: Table
  readonly migrate: boolean
  readonly timeoutMs: number
  readonly sweepInterval: number
  readonly now: () => number
}

/**
 * Checks the options that all databases have; `rules` are those of one of them.
 *
 * @throws SessionOptionError when one cannot work.
 */
export function checkSqlOptions<Options extends SqlBackendOptions>(
  options: Options,
  rules: OptionRules<Options>,
): SqlRules {
  checkSessionOptions(options, rules)
  return checkedRules(options)
}

/** @throws SessionOptionError when a number, a name or a type cannot work. */
export function checkedRules(options: SqlBackendOptions): SqlRules {
  const own = ownOptions(options)
  const { timeoutMs = DEFAULT_TIMEOUT, sweepInterval = 60, migrate = false } = own
  const { now = () => performance.now() } = own
  checkNumber('timeoutMs', timeoutMs, { to: LONGEST_TIMEOUT, unit: 'milliseconds' })
  checkNumber('sweepInterval', sweepInterval, { from: 0, to: 86_400, unit: 'seconds' })
  const interval = sweepInterval === 0 ? Infinity : sweepInterval
  return { table: tableOf(options), migrate, timeoutMs, sweepInterval: interval, now }
}

/** Milliseconds. With requests that wait for a database that hangs, `close()` of the application ends within a second. */
export const DEFAULT_TIMEOUT = 800

/**
 * Milliseconds that opening a connection may take, beyond the request that wanted it: the next one takes it. If it
 * were given up with its request, a database that is slow at its start would be asked for new ones again and again.
 */
export function connectTimeout(timeoutMs: number): number {
  return Math.max(timeoutMs, 2000)
}

/** Milliseconds. A longer timer of JavaScript fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1
