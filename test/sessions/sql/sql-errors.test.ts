import { App, route, Session, sessions, token, value } from 'ingot'
import {
  connectMysql,
  connectPostgres,
  connectSqlite,
  mysql,
  MysqlBackend,
  MysqlStore,
  postgres,
  PostgresBackend,
  PostgresStore,
  sqlite,
  SqliteBackend,
} from 'ingot/sql'
import { describe, expect, test, vi } from 'vitest'
import { SqlSilence } from '../../../src/sessions/sql/clients/sql-client.js'
import type { SqlBackend } from '../../../src/sessions/sql/sql-backend.js'
import { newKey } from '../../../src/testing/conformance/backend/opened-backend.js'
import { inMysql, inPostgres, FakeTable } from './clients/fake-table.js'

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => '',
    (error: Error) => error.message,
  )

describe('an error of a statement', () => {
  test.each([
    ['read a session', (backend) => backend.read(newKey())],
    ['create a session', (backend) => backend.create(newKey(), 'text', 1000)],
    ['replace a session', (backend) => backend.replace(newKey(), 1, 'text', 1000)],
    ['touch a session', (backend) => backend.touch(newKey(), 1, 'text', 1000)],
    ['destroy a session', (backend) => backend.destroy(newKey())],
    ['list sessions', (backend) => backend.index.list(newKey(), 0, 10)],
    ['delete expired sessions', (backend) => backend.sweep()],
  ] as readonly (readonly [string, (backend: SqlBackend) => Promise<unknown>])[])(
    'says that the database did not %s, where it is, and why',
    async (operation, work) => {
      const table = inPostgres()
      const backend = new PostgresBackend(table)
      await backend.ready()
      table.refuse = () => '53100'
      expect(await messageOf(work(backend))).toBe(
        `PostgreSQL at db.test:1/shop did not ${operation}: its disk is full (53100); sessions can still be read.`,
      )
    },
  )

  test.each([
    ['ECONNREFUSED', 'nothing listens at its address (ECONNREFUSED).'],
    ['ENOTFOUND', 'its host name has no address (ENOTFOUND).'],
    [
      'PROTOCOL_CONNECTION_LOST',
      'there is no connection. Is it running, and is the address right?',
    ],
    ['a text with the secret', 'there is no connection. Is it running, and is the address right?'],
    ['ER_UNHEARD_OF', 'it answered or failed with ER_UNHEARD_OF.'],
    ['ER_DISK_FULL', 'its disk is full (ER_DISK_FULL); sessions can still be read.'],
  ])('with the code %s says: %s', async (code, reason) => {
    const table = inMysql()
    table.refuse = () => code
    expect(await messageOf(new MysqlBackend(table).ready())).toBe(
      `MySQL at db.test:1/shop did not look at the table of sessions: ${reason}`,
    )
  })

  test('without an answer in time says what may be the matter, and which option says how long', async () => {
    const table = inPostgres()
    table.refuse = () => new SqlSilence('timeout')
    expect(await messageOf(new PostgresBackend(table).ready())).toBe(
      'PostgreSQL at db.test:1/shop did not look at the table of sessions: no answer came in time. The database or the network may hang; the option `timeoutMs` says how long to wait.',
    )
  })
})

describe('a table that does not fit', () => {
  const problemOf = async (backend: SqlBackend) =>
    (await messageOf(backend.ready())).replace(/^.*?: /, '')

  test.each([
    [
      new PostgresBackend(inPostgres({ number: 'text' }), { table: 'visits' }),
      'its column version is text, and has to be integer. Run ALTER TABLE visits ALTER COLUMN version TYPE integer.',
    ],
    [
      new MysqlBackend(inMysql({ key: 'varchar(64) utf8mb4_general_ci' }), { table: 'visits' }),
      'its column key is varchar(64) utf8mb4_general_ci, and has to be varchar(64) CHARACTER SET ascii COLLATE ascii_bin. Run ALTER TABLE visits MODIFY key varchar(64) CHARACTER SET ascii COLLATE ascii_bin.',
    ],
    [
      new MysqlBackend(inMysql({ text: 'text' }), { types: { text: 'longtext' } }),
      'its column text is text, and has to be mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin. Run ALTER TABLE ingot_sessions MODIFY text longtext.',
    ],
    [
      new SqliteBackend(inPostgres({ number: 'TEXT' })),
      'its column version is TEXT, and has to be INTEGER. Make the table anew.',
    ],
  ])('is told with the line to run: %#', async (backend, problem) => {
    expect(await problemOf(backend)).toBe(problem)
  })

  test('is not made unless it may be', async () => {
    const table = new FakeTable([])
    expect(await messageOf(new PostgresBackend(table).ready())).toBe(
      'sessions cannot be kept in the table ingot_sessions of PostgreSQL at db.test:1/shop: there is no such table. Run what `npx ingot schema postgres` prints, or give `migrate: true`.',
    )
    expect(table.statements.filter((text) => text.startsWith('CREATE'))).toEqual([])
  })
})

describe('options', () => {
  test.each([
    [
      { timeoutMs: 0 },
      "'timeoutMs' must be a whole number of milliseconds from 1 to 2147483647, not 0",
    ],
    [
      { timeoutMs: 2 ** 31 },
      "'timeoutMs' must be a whole number of milliseconds from 1 to 2147483647, not 2147483648",
    ],
    [
      { sweepInterval: -1 },
      "'sweepInterval' must be a whole number of seconds from 0 to 86400, not -1",
    ],
    [
      { sweepInterval: 86_401 },
      "'sweepInterval' must be a whole number of seconds from 0 to 86400, not 86401",
    ],
  ])('such as %j are refused, whoever takes them', (options, message) => {
    for (const take of [
      () => new PostgresBackend(inPostgres(), options),
      () => new MysqlBackend(inMysql(), options),
      () => new SqliteBackend(inPostgres(), options),
      () => postgres('postgres://localhost/shop', options),
      () => mysql('mysql://localhost/shop', options),
      () => sqlite('sessions.db', options),
    ])
      expect(take).toThrow(message)
  })

  test.each([
    () => connectPostgres('postgres://localhost/shop', { connections: 0 }),
    () => connectMysql('mysql://localhost/shop', { connections: 0 }),
  ])('such as no connections are refused: case %#', async (connect) => {
    expect(await messageOf(connect())).toContain(
      "'connections' must be a whole number of connections from 1, not 0",
    )
  })

  test('at their ends are taken', () => {
    for (const options of [
      { timeoutMs: 1, sweepInterval: 0 },
      { timeoutMs: 2 ** 31 - 1, sweepInterval: 86_400 },
    ])
      expect(() => new PostgresBackend(inPostgres(), options)).not.toThrow()
  })

  test('leave an operation 800 milliseconds where nothing is said', async () => {
    const table = inPostgres()
    const backend = new PostgresBackend(table)
    await backend.ready()
    using _ = vi.spyOn(performance, 'now').mockReturnValue(1000)
    await backend.read(newKey())
    expect(table.deadlines.at(-1)).toBe(1800)
  })
})

test.each([
  [postgres, PostgresBackend, 'a Pool of pg, the sql of postgres, or a PGlite'],
  [mysql, MysqlBackend, 'a pool of mysql2 or mysql2/promise'],
  [
    sqlite,
    SqliteBackend,
    'a database of better-sqlite3, libsql or node:sqlite, or a client of @libsql/client',
  ],
] as const)(
  'a client that cannot be used is told by ready(): case %#',
  async (provide, Backend, known) => {
    const Client = token<object>('client')
    const app = new App({
      components: [provide(Client), value(Client, { connect: () => {} })],
      routes: [route.get('/', [Backend], () => 'hello')],
    })
    const failure = (await app.ready().catch((error: unknown) => error)) as Error
    expect(String(failure.cause)).toContain(
      `${provide.name}: the token leads to an object, and has to lead to ${known}.`,
    )
  },
)

test('a database that is away at the start is a warning, and another fault ends the start', async () => {
  const heard: unknown[] = []
  using _ = vi
    .spyOn(process, 'emitWarning')
    .mockImplementation((...given: unknown[]) => void heard.push(given))
  using closing = vi.spyOn(PostgresBackend.prototype, 'close')
  const start = (code: string) => {
    const failing = { unsafe: () => Promise.reject(Object.assign(new Error(), { code })) }
    const Sql = token<typeof failing>('sql')
    return new App({
      components: [sessions(new PostgresStore()), postgres(Sql), value(Sql, failing)],
      routes: [route.get('/', [Session], () => 'hello')],
    }).ready()
  }
  for (const code of ['ECONNREFUSED', '53300', '57P03', '08006']) await start(code)
  expect(heard).toHaveLength(4)
  expect(heard[0]).toEqual([
    'The database of the sessions at the client of the application cannot be reached (ECONNREFUSED). Requests that need a session are answered with 503 until it is back.',
    { code: 'INGOT_SQL_OUTAGE' },
  ])
  for (const code of ['28P01', '3D000', '42501'])
    await expect(start(code)).rejects.toMatchObject({ cause: { reason: code } })
  expect(heard).toHaveLength(4)
  // What was opened is closed again.
  expect(closing).toHaveBeenCalledTimes(3)
})

test('a pool of the application whose database is away is named as that, with MySQL as well', async () => {
  const heard: unknown[] = []
  using _ = vi
    .spyOn(process, 'emitWarning')
    .mockImplementation((text: unknown) => void heard.push(text))
  const failing = {
    getConnection: (done: (error: Error) => void) =>
      done(Object.assign(new Error(), { code: 'ECONNREFUSED' })),
  }
  const MysqlPool = token<typeof failing>('pool')
  await new App({
    components: [sessions(new MysqlStore()), mysql(MysqlPool), value(MysqlPool, failing)],
    routes: [route.get('/', [Session], () => 'hello')],
  }).ready()
  expect(heard).toEqual([
    'The database of the sessions at the client of the application cannot be reached (ECONNREFUSED). Requests that need a session are answered with 503 until it is back.',
  ])
})

test('a table that others make at the same time is tried ten times, and then the start ends', async () => {
  let attempts = 0
  const Sql = token<object>('sql')
  const racing = {
    unsafe: async (text: string) => {
      if (!text.startsWith('CREATE')) return []
      attempts += 1
      throw Object.assign(new Error(), { code: '42P07' })
    },
  }
  const app = new App({
    components: [
      sessions(new PostgresStore()),
      postgres(Sql, { migrate: true }),
      value(Sql, racing),
    ],
    routes: [route.get('/', [Session], () => 'hello')],
  })
  await expect(app.ready()).rejects.toMatchObject({ cause: { reason: '42P07' } })
  expect(attempts).toBe(10)
})

test('an empty path of SQLite is refused', async () => {
  expect(await messageOf(connectSqlite(''))).toBe(
    "sqlite: the path is ''. Write sqlite('sessions.db'), and check the variable that it comes from.",
  )
})
