import type { Dialect } from './dialect.js'
import { escaped, unescaped } from './escaped-text.js'

/** `julianday('now')` is one moment for a whole statement, with parts of milliseconds. */
const CLOCK = "CAST(round((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"

export const SQLITE: Dialect = {
  name: 'SQLite',
  command: 'sqlite',
  quote: '"',
  types: { key: 'TEXT', text: 'TEXT', version: 'INTEGER', endsAt: 'INTEGER', user: 'TEXT' },
  fits: {
    key: /char|text|clob/i,
    text: /char|text|clob/i,
    version: /int/i,
    endsAt: /int/i,
    user: /char|text|clob/i,
  },
  clock: CLOCK,
  clockOfStatement: CLOCK,
  noTable: '',
  parameter: () => '?',
  ifAbsent: 'ON CONFLICT DO NOTHING',
  readsTogether: false,
  returns: true,
  deleteSome: (table, key, condition, order, count) =>
    `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${count})`,
  inlineIndexes: false,
  tableSuffix: '',
  tableQuestion: ({ schema, name }) => ({
    statement: {
      text: 'SELECT name, type, pk = 1 AS is_key FROM pragma_table_info(?, ?)',
      gives: 'rows',
    },
    values: [name, schema ?? 'main'],
  }),
  // Another process writes at the moment.
  retryable: new Set(['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED']),
  late: undefined,
  duplicates: new Set(),
  alreadyThere: new Set(),
  pack: escaped,
  unpack: unescaped,
  explanations: {
    SQLITE_BUSY:
      'another process held the file for longer than `timeoutMs` (SQLITE_BUSY); does it hold a transaction open?',
    SQLITE_FULL: 'the disk is full (SQLITE_FULL); sessions can still be read.',
    SQLITE_READONLY: 'the file or its folder cannot be written (SQLITE_READONLY).',
    SQLITE_CANTOPEN: 'the file cannot be opened (SQLITE_CANTOPEN): does its folder exist?',
    SQLITE_NOTADB: 'the file is no database (SQLITE_NOTADB).',
    SQLITE_CORRUPT: 'the file is damaged (SQLITE_CORRUPT): restore it from a copy.',
    SQLITE_ERROR:
      'the statement failed (SQLITE_ERROR): compare the table with what `npx ingot schema sqlite` prints.',
  },
}
