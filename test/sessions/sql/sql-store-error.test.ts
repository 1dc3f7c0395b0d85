import { expect, test } from 'vitest'
import { importDriver } from '../../../src/sessions/sql/clients/driver.js'
import { MYSQL } from '../../../src/sessions/sql/dialects/mysql-dialect.js'
import { POSTGRES } from '../../../src/sessions/sql/dialects/postgres-dialect.js'
import { SQLITE } from '../../../src/sessions/sql/dialects/sqlite-dialect.js'
import { SqlStoreError } from '../../../src/sessions/sql/sql-store-error.js'

const NETWORK = {
  timeout:
    'no answer came in time. The database or the network may hang; the option `timeoutMs` says how long to wait.',
  unavailable: 'there is no connection. Is it running, and is the address right?',
  ECONNREFUSED: 'nothing listens at its address (ECONNREFUSED).',
  ENOTFOUND: 'its host name has no address (ENOTFOUND).',
  OTHER: 'it answered or failed with OTHER.',
}

const TEXTS = [
  [
    POSTGRES,
    {
      ...NETWORK,
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
      '53300':
        'it has too many connections (53300): lower `connections`, or raise max_connections.',
      '57014': 'it cancelled the statement, which took longer than `timeoutMs` (57014).',
    },
  ],
  [
    MYSQL,
    {
      ...NETWORK,
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
  ],
  [
    SQLITE,
    {
      ...NETWORK,
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
  ],
] as const

test.each(
  TEXTS.flatMap(([dialect, texts]) =>
    Object.entries(texts).map(([reason, text]) => [dialect.name, reason, text, dialect] as const),
  ),
)('%s: a failure for the reason %s says what to look at', (name, reason, text, dialect) => {
  const error = new SqlStoreError('replace a session', reason, 'db.shop.test', dialect)
  expect(error).toMatchObject({ name: 'SqlStoreError', code: 'SESSION_SQL', reason })
  expect(error.message).toBe(`${name} at db.shop.test did not replace a session: ${text}`)
})

test('no reason that a database gives is without its test', () => {
  for (const [dialect, texts] of TEXTS)
    expect(Object.keys(texts)).toEqual(expect.arrayContaining(Object.keys(dialect.explanations)))
})

test('a driver that is not installed is named with the line to run', async () => {
  await expect(importDriver('no-such-driver', 'postgres(url)')).rejects.toMatchObject({
    name: 'TypeError',
    message: 'postgres(url) needs the package no-such-driver: run npm install no-such-driver.',
    cause: { message: expect.stringContaining('no-such-driver') },
  })
})
