import type { Dialect } from './dialect.js'

/** The same in every time zone, and when summer time ends: UNIX_TIMESTAMP of a local time is not. */
const CLOCK_OF_STATEMENT = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)"

const ASCII = 'varchar(64) CHARACTER SET ascii COLLATE ascii_bin'

export const MYSQL: Dialect = {
  name: 'MySQL',
  command: 'mysql',
  quote: '`',
  types: {
    key: ASCII,
    text: 'mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin',
    version: 'int',
    endsAt: 'bigint',
    user: ASCII,
  },
  // Type and collation: one that ignores case would take two sessions for one.
  fits: {
    key: /^(?:var)?char\((?:4[3-9]|[5-9]\d|\d{3,})\) .*_bin$/,
    text: /^(?:medium|long)text utf8mb4_/,
    version: /^(?:int|bigint)/,
    endsAt: /^bigint/,
    user: /^(?:var)?char\((?:4[3-9]|[5-9]\d|\d{3,})\) .*_bin$/,
  },
  // SYSDATE goes on while a statement waits for a lock.
  clock: `(${CLOCK_OF_STATEMENT} + TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6)) DIV 1000)`,
  clockOfStatement: CLOCK_OF_STATEMENT,
  noTable: 'FROM DUAL',
  parameter: () => '?',
  ifAbsent: '',
  readsTogether: true,
  returns: false,
  deleteSome: (table, _key, condition, order, count) =>
    `DELETE FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${count}`,
  inlineIndexes: true,
  tableSuffix: ' ENGINE = InnoDB',
  tableQuestion: ({ schema, name }) => ({
    statement: {
      text: "SELECT column_name AS name, CONCAT(column_type, ' ', COALESCE(collation_name, '')) AS type, column_key IN ('PRI', 'UNI') AS is_key FROM information_schema.columns WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = ?",
      gives: 'rows',
    },
    values: [schema ?? null, name],
  }),
  // Deadlock: InnoDB has undone the statement.
  retryable: new Set(['ER_LOCK_DEADLOCK', 'ER_CHECKREAD']),
  late: undefined,
  duplicates: new Set(['ER_DUP_ENTRY']),
  alreadyThere: new Set(['ER_TABLE_EXISTS_ERROR']),
  pack: (text) => text,
  unpack: (stored) => stored,
  explanations: {
    ER_ACCESS_DENIED_ERROR: 'it refused user name and password (ER_ACCESS_DENIED_ERROR).',
    ER_BAD_DB_ERROR: 'the database of the url does not exist (ER_BAD_DB_ERROR).',
    ER_OPTION_PREVENTS_STATEMENT:
      'it is read-only, as a replica is (ER_OPTION_PREVENTS_STATEMENT); sessions are written to the primary.',
    ER_NO_SUCH_TABLE:
      'the table is missing (ER_NO_SUCH_TABLE): run `npx ingot schema mysql | mysql`, or give `migrate: true`.',
    ER_BAD_FIELD_ERROR:
      'the table lacks a column (ER_BAD_FIELD_ERROR): compare it with what `npx ingot schema mysql` prints.',
    ER_TABLEACCESS_DENIED_ERROR:
      'the user lacks a permission (ER_TABLEACCESS_DENIED_ERROR): GRANT SELECT, INSERT, UPDATE, DELETE on the table.',
    ER_CON_COUNT_ERROR:
      'it has too many connections (ER_CON_COUNT_ERROR): lower `connections`, or raise max_connections.',
    ER_DISK_FULL: 'its disk is full (ER_DISK_FULL); sessions can still be read.',
    ER_RECORD_FILE_FULL: 'its disk is full (ER_RECORD_FILE_FULL); sessions can still be read.',
    ER_LOCK_WAIT_TIMEOUT: 'somebody held the row for too long (ER_LOCK_WAIT_TIMEOUT).',
    ER_STATEMENT_TIMEOUT:
      'it cancelled the statement, which took longer than `timeoutMs` (ER_STATEMENT_TIMEOUT).',
    ER_NET_PACKET_TOO_LARGE:
      'the session is larger than max_allowed_packet (ER_NET_PACKET_TOO_LARGE): raise it, or lower `maxSize`.',
  },
}
