import { App, route, Session, sessions } from 'ingot'
import { describe, expect, test } from 'vitest'
import { newKey as key, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'
import { newTable, PATIENT, type Database } from './database.js'

/** Registers what is told of the table of sessions, whatever the database. */
export function describeTable(name: string, opened: () => Database): void {
  const app = (options: object) =>
    new App({
      components: [
        sessions(opened().store()),
        opened().component({ migrate: false, timeoutMs: 10_000, ...options }),
      ],
      routes: [route.get('/', [Session], (session) => session.toObject())],
    })

  /** What `ready()` says is the cause. */
  const causeFor = async (table: string): Promise<unknown> => {
    const error: unknown = await app({ table })
      .ready()
      .catch((failure: unknown) => failure)
    return (error as Error).cause
  }

  describe(`the table in ${name}`, () => {
    test('ready() tells of a table that is missing, with what to run', async () => {
      const table = newTable()
      expect(await causeFor(table)).toMatchObject({
        code: 'SESSION_SQL_TABLE',
        message: expect.stringMatching(
          `^sessions cannot be kept in the table ${table} of .*: there is no such table. Run what \`npx ingot schema \\w+\` prints, or give \`migrate: true\`.$`,
        ),
      })
    })

    test('ready() tells of a table that is another one, and names the column', async () => {
      const table = newTable()
      await opened().run(`CREATE TABLE ${table} (sid varchar(64) PRIMARY KEY, sess varchar(99))`)
      expect(String(await causeFor(table))).toContain('it has no column key. It is another table')
    })

    test('ready() tells of a key that is not unique', async () => {
      const table = newTable()
      const given = opened().keyless(table)
      await opened().run(given)
      expect(String(await causeFor(table))).toContain(
        `its column key is no primary key, so two sessions could begin under one id. Run ALTER TABLE ${table} ADD PRIMARY KEY (key).`,
      )
    })

    test('ten processes that start at once make one table, and all of them use it', async () => {
      const options = { ...PATIENT, table: newTable() }
      const backends = await Promise.all(
        Array.from({ length: 10 }, () => opened().connect(options)),
      )
      await Promise.all(backends.map((backend) => backend.ready()))
      const one = key()
      expect(await backends[0]?.create(one, textOf('1'), 60_000)).toBe(true)
      for (const backend of backends) expect((await backend.read(one))?.text).toBe(textOf('1'))
      await Promise.all(backends.map((backend) => backend.close()))
    })

    test('a table and columns of other names and types keep sessions', async () => {
      const table = newTable()
      const backend = await opened().connect({
        ...PATIENT,
        table,
        columns: { key: 'id', text: 'record', endsAt: 'expires', user: 'owner' },
        types: opened().longTypes,
      })
      const [one, user] = [key(), key()]
      expect(await backend.create(one, textOf('1'), 60_000, undefined, user)).toBe(true)
      expect(await backend.replace(one, 1, textOf('2'), 60_000)).toBe('applied')
      expect(await backend.index.list(user, 0, 10)).toEqual([one])
      const [row] = await opened().run(`SELECT id, record, owner FROM ${table}`)
      expect(row).toEqual({ id: one, record: textOf('2'), owner: user })
      await backend.close()
    })
  })
}
