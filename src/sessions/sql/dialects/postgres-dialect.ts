import type { Dialect } from './dialect.js'
import { escaped, unescaped } from './escaped-text.js'

export const POSTGRES: Dialect = {
  name: 'PostgreSQL',
  command: 'postgres',
  quote: '"',
  types: {
    key: 'varchar(64) COLLATE "C"',
    text: 'text',
    version: 'integer',
    endsAt: 'bigint',
    user: 'varchar(64) COLLATE "C"',
  },
  fits: {
    key: /^(?:text|character varying(?:\((?:4[3-9]|[5-9]\d|\d{3,})\))?)$/,
    text: /^(?:text|character varying)$/,
    version: /^(?:integer|bigint)$/,
    endsAt: /^bigint$/,
    user: /^(?:text|character varying(?:\((?:4[3-9]|[5-9]\d|\d{3,})\))?)$/,
  },
  clock: 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint',
  clockOfStatement: 'floor(extract(epoch from statement_timestamp()) * 1000)::bigint',
  noTable: '',
  parameter: (kind, index) => `$${index}::${kind === '?' ? 'text' : 'bigint'}`,
  ifAbsent: 'ON CONFLICT DO NOTHING',
  readsTogether: true,
  returns: true,
  // What somebody writes at the moment is left for the next time.
  deleteSome: (table, key, condition, order, count) =>
    `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${count} FOR UPDATE SKIP LOCKED)`,
  inlineIndexes: false,
  tableSuffix: '',
  tableQuestion: ({ schema, name }) => ({
    statement: {
      text: `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indpred IS NULL) AS is_key FROM pg_attribute a WHERE a.attrelid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped`,
      gives: 'rows',
    },
    values: [schema === undefined ? `"${name}"` : `"${schema}"."${name}"`],
  }),
  // Serialization failure and deadlock: PostgreSQL has undone the statement (SQLSTATE class 40).
  retryable: new Set(['40001', '40P01']),
  // A WHERE is not looked at again when the row, once free, is as it was: division_by_zero.
  late: '22012',
  duplicates: new Set(),
  // CREATE … IF NOT EXISTS of two processes at once: one may fail with a unique violation of the catalogue.
  alreadyThere: new Set(['23505', '42P07', '42710']),
  pack: escaped,
  unpack: unescaped,
  explanations: {
    '28P01': 'it refused user name and password (28P01).',
    '28000': 'it refused the user (28000).',
    '3D000': 'the database of the url does not exist (3D000).',
    '25006': 'it is read-only, as a standby is (25006); sessions are written to the primary.',
    '42501':
      'the user lacks a permission (42501): GRANT SELECT, INSERT, UPDATE, DELETE on the table.',
    '42P01':
      'the table is missing (42P01): run `npx ingot schema postgres | psql`, or give `migrate: true`.',
    '42703':
      'the table lacks a column (42703): compare it with what `npx ingot schema postgres` prints.',
    '53100': 'its disk is full (53100); sessions can still be read.',
    '53300': 'it has too many connections (53300): lower `connections`, or raise max_connections.',
    '57014': 'it cancelled the statement, which took longer than `timeoutMs` (57014).',
  },
}
