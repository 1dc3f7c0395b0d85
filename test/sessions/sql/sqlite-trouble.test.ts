import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, route, Session, sessions, token, value } from 'ingot'
import { connectSqlite, sqlite, SqliteStore } from 'ingot/sql'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { newKey as key, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'
import { openAdmin } from './sqlite-admin.js'

const LONG = 600_000

test('while another process holds the file, reads go on, a write is refused in time, and nothing lands later', async () => {
  const path = newFile()
  const backend = await connectSqlite(path, { timeoutMs: 300 })
  await backend.ready()
  const one = key()
  await backend.create(one, textOf('1'), LONG)
  const holder = await openAdmin(path)
  await holder.run('BEGIN IMMEDIATE')
  let turns = 0
  const turning = setInterval(() => (turns += 1), 1)
  const write = backend.replace(one, 1, textOf('2'), LONG)
  await expect(write).rejects.toThrow(
    `SQLite at ${path} did not replace a session: another process held the file for longer than`,
  )
  clearInterval(turning)
  // Other requests went on meanwhile.
  expect(turns).toBeGreaterThan(5)
  expect(await backend.read(one)).toEqual({ text: textOf('1'), version: 1 })
  await holder.run('ROLLBACK')
  expect(await backend.read(one)).toEqual({ text: textOf('1'), version: 1 })
  expect(await backend.replace(one, 1, textOf('3'), LONG)).toBe('applied')
  holder.close()
  await backend.close()
})

test.each([
  [undefined, 'normal'],
  ['normal', 'normal'],
  ['full', 'full'],
] as const)(
  'with synchronous: %s the disk is waited for as SQLite says of %s',
  async (given, pragma) => {
    const { default: Database } = await import('libsql')
    const exec = vi.spyOn(Database.prototype, 'exec')
    onTestFinished(() => exec.mockRestore())
    const options = given === undefined ? {} : { synchronous: given }
    const backend = await connectSqlite(newFile(), { driver: 'libsql', ...options })
    await backend.close()
    expect(exec.mock.calls.flat()).toContain(`PRAGMA synchronous = ${pragma}`)
  },
)

test('synchronous is nothing else', async () => {
  await expect(connectSqlite(newFile(), { synchronous: 'off' as never })).rejects.toThrow(
    `the session option 'synchronous' must be 'normal' or 'full', not "off".`,
  )
})

test('a write that waits for another process lands when it is done in time', async () => {
  const path = newFile()
  const backend = await connectSqlite(path, { timeoutMs: 20_000 })
  const one = key()
  await backend.create(one, textOf('1'), LONG)
  const holder = await openAdmin(path)
  await holder.run('BEGIN IMMEDIATE')
  const write = backend.replace(one, 1, textOf('2'), LONG)
  await new Promise(setImmediate)
  await holder.run('COMMIT')
  expect(await write).toBe('applied')
  holder.close()
  await backend.close()
})

test('while a write waits, reads see what other processes have written since', async () => {
  const path = newFile()
  const backend = await connectSqlite(path, { timeoutMs: 20_000 })
  const other = await connectSqlite(path, { timeoutMs: 20_000 })
  const [one, two] = [key(), key()]
  await backend.create(one, textOf('1'), LONG)
  const holder = await openAdmin(path)
  await holder.run('BEGIN IMMEDIATE')
  const write = backend.replace(one, 1, textOf('2'), LONG)
  await holder.run('COMMIT')
  await backend.read(one)
  await other.create(two, textOf('3'), LONG)
  expect(await backend.read(two)).toEqual({ text: textOf('3'), version: 1 })
  expect(await write).toBe('applied')
  holder.close()
  await backend.close()
  await other.close()
})

test('writes that wait for another process are done in their order, and one whose time is up is refused alone', async () => {
  const path = newFile()
  const backend = await connectSqlite(path, { timeoutMs: 20_000 })
  const keys = [key(), key(), key()]
  for (const each of keys) await backend.create(each, textOf('1'), LONG)
  const holder = await openAdmin(path)
  await holder.run('BEGIN IMMEDIATE')
  const done: string[] = []
  const write = (each: string, deadline?: number) =>
    backend.replace(each, 1, textOf('2'), LONG, deadline).then(
      () => done.push(each),
      (error: { reason?: string }) => done.push(String(error.reason)),
    )
  const writes = [write(keys[0]!), write(keys[1]!, performance.now() + 500), write(keys[2]!)]
  await writes[1]
  expect(done).toEqual(['SQLITE_BUSY'])
  // A read does not wait for them.
  expect(await backend.read(keys[0]!)).toEqual({ text: textOf('1'), version: 1 })
  const last = [key(), key(), key()]
  const created = last.map((each) =>
    backend.create(each, textOf(''), LONG).then(() => done.push(each)),
  )
  await holder.run('COMMIT')
  await Promise.all([...writes, ...created])
  expect(done).toEqual(['SQLITE_BUSY', keys[0], keys[2], ...last])
  holder.close()
  await backend.close()
})

test('while the disk is full, sessions are read and ended, and other writes are 503s', async () => {
  const { database } = await openAdmin(newFile())
  const Database = token<typeof database>('database')
  const shop = new App({
    components: [
      sessions(new SqliteStore(), { onWarning: () => {} }),
      value(Database, database),
      sqlite(Database, { migrate: true }),
    ],
    routes: [
      route.get('/', [Session], (session) => ({ size: String(session.get('text') ?? '').length })),
      route.post('/:size', [Session, Request], (session, { url }) => {
        session.set('text', 'x'.repeat(Number(new URL(url).pathname.slice(1))))
      }),
      route.delete('/', [Session], (session) => session.destroy()),
    ],
    onError: () => {},
  })
  const visitor = testClient(shop)
  expect((await visitor.post('/5000')).status).toBe(204)
  const [pages] = database.prepare('PRAGMA page_count').all() as { page_count: number }[]
  database.exec(`PRAGMA max_page_count = ${pages?.page_count}`)
  expect((await visitor.post('/200000')).status).toBe(503)
  expect(await visitor.json('/')).toEqual({ size: 5000 })
  expect((await visitor.delete('/')).status).toBe(204)
  expect(await visitor.json('/')).toEqual({ size: 0 })
  await shop.close()
  database.close()
})

test('a folder that is missing is told also where the driver throws a TypeError, as better-sqlite3 does', async () => {
  vi.doMock('better-sqlite3', () => ({
    default: class {
      constructor() {
        throw new TypeError('Cannot open database because the directory does not exist')
      }
    },
  }))
  onTestFinished(() => vi.doUnmock('better-sqlite3'))
  const path = join(newFile(), 'missing', 'a.db')
  await expect(connectSqlite(path, { driver: 'better-sqlite3' })).rejects.toMatchObject({
    name: 'SqlStoreError',
    message: `SQLite at ${path} did not open the file: the file cannot be opened (SQLITE_CANTOPEN): does its folder exist?`,
  })
})

test('a file that is no database, or whose folder is missing, is told at start-up', async () => {
  const path = newFile()
  writeFileSync(path, 'this is a text of somebody else, long enough to be looked at'.repeat(20))
  await expect(connectSqlite(path)).rejects.toThrow('the file is no database (SQLITE_NOTADB).')
  await expect(connectSqlite(join(path, 'missing', 'a.db'))).rejects.toMatchObject({
    name: 'SqlStoreError',
    message: expect.stringContaining('cannot be opened (SQLITE_CANTOPEN): does its folder exist?'),
  })
})

test.each([
  ['', "''"],
  [undefined, 'undefined'],
])('the path %j is refused', (path, shown) => {
  expect(() => sqlite(path as string)).toThrow(
    new TypeError(
      `sqlite: the path is ${shown}. Write sqlite('sessions.db'), and check the variable that it comes from.`,
    ),
  )
})

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-sqlite-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'sessions.db')
}
