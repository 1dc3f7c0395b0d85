import { aText, isObject, type OptionRules } from '../../di/index.js'
import { SessionOptionError } from '../errors/errors.js'
import { ownOptions } from '../errors/options.js'

/** The columns of the table, by what they hold. */
export const COLUMNS = ['key', 'text', 'version', 'endsAt', 'user'] as const
export type Column = (typeof COLUMNS)[number]

/** Which table keeps the sessions. */
export interface SqlTableOptions {
  /** Default: `ingot_sessions`. */
  readonly table?: string
  /** The schema of the table; of SQLite an attached database, of MySQL a database. Default: that of the connection. */
  readonly schema?: string
  /** Names of columns, where a table has others. Default: `key`, `text`, `version`, `ends_at`, `user_key`. */
  readonly columns?: { readonly [Name in Column]?: string }
  /** Types of columns, for the table that `migrate` and `npx ingot schema` make. Default: what the database has for it. */
  readonly types?: { readonly [Name in Column]?: string }
}

/** A table, with every name. */
export interface Table {
  readonly name: string
  readonly schema: string | undefined
  readonly columns: Readonly<Record<Column, string>>
  readonly types: { readonly [Name in Column]?: string | undefined }
}

export const TABLE_RULES: OptionRules<SqlTableOptions> = {
  table: aText,
  schema: aText,
  columns: { isFine: isObject, rule: "an object such as { key: 'id' }" },
  types: { isFine: isObject, rule: "an object such as { text: 'longtext' }" },
}

/** @throws SessionOptionError when a name or a type cannot work. */
export function tableOf(options: SqlTableOptions = {}): Table {
  const { table = 'ingot_sessions', schema, columns = {}, types = {} } = ownOptions(options)
  checkName('table', table)
  if (schema !== undefined) checkName('schema', schema)
  const names = { ...DEFAULT_NAMES, ...ownColumns('columns', columns) }
  for (const name of Object.values(names)) checkName('columns', name)
  if (new Set(Object.values(names)).size < COLUMNS.length)
    throw new SessionOptionError('columns', 'must give each column a name of its own.')
  const ownTypes = ownColumns('types', types)
  for (const type of Object.values(ownTypes)) checkType(type)
  return { name: table, schema, columns: names, types: ownTypes }
}

const DEFAULT_NAMES: Readonly<Record<Column, string>> = {
  key: 'key',
  text: 'text',
  version: 'version',
  endsAt: 'ends_at',
  user: 'user_key',
}

function ownColumns(
  option: 'columns' | 'types',
  given: { readonly [Name in Column]?: string },
): { [Name in Column]?: string } {
  const wrong = Object.keys(given).find((name) => !COLUMNS.includes(name as Column))
  if (wrong === undefined) return ownOptions(given)
  throw new SessionOptionError(option, `has no '${wrong}'. The columns are: ${COLUMNS.join(', ')}.`)
}

/** Names are quoted in statements; PostgreSQL cuts those of more than 63 bytes, and an index adds five. */
function checkName(option: string, name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_$]{0,57}$/.test(name)) return
  throw new SessionOptionError(
    option,
    `must be a name of letters, digits, '_' and '$', at most 58 of them, not ${JSON.stringify(name)}.`,
  )
}

/** `varchar(64) character set ascii`: nothing that could end the definition of a column. */
function checkType(type: string): void {
  if (/^[A-Za-z][\w ]*(?:\(\d+\))?[\w "]*$/.test(type)) return
  throw new SessionOptionError(
    'types',
    `must be types as the database writes them, such as 'varchar(64)', not ${JSON.stringify(type)}.`,
  )
}
