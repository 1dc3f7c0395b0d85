import { value } from 'ingot'
import { describeSessionBackend, describeSessionStore, type StoreConditions } from 'ingot/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { describeRaces } from '../race-suite.js'
import { damage } from '../record-text.js'
import {
  newTable,
  overSql,
  PATIENT,
  type Database,
  type OpenDatabase,
  type OwnClients,
} from './database.js'
import { describeTable } from './table-suite.js'
import { describeStatements } from './statement-suite.js'

/** Registers all that has to hold with every database, over one server for the file. */
export function describeDatabase(name: string, open: OpenDatabase, clients: OwnClients): void {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.stop())

  describeSessionBackend(
    `the backend in ${name}`,
    async () => {
      const backend = await database.connect(PATIENT)
      return { backend, close: () => backend.close() }
    },
    { describe, test, hasClock: false },
  )

  describeSessionStore(
    `the store in ${name}`,
    async (conditions: StoreConditions) => {
      const table = newTable()
      const backend = await database.connect({ ...PATIENT, table })
      const rows = () => database.run(`SELECT * FROM ${table}`)
      return {
        store: database.store(conditions),
        components: [value(database.Backend, backend)],
        backend,
        rows,
        close: () => backend.close(),
      }
    },
    {
      describe,
      test,
      count: async ({ rows }) => (await rows()).length,
      interrupt: ({ backend }) => backend.close(),
      damage: async ({ backend, rows }) => {
        for (const row of await rows()) await damage(backend, String(row['key']), DAMAGED)
      },
      beside: (_, cookie, conditions) => database.store({ name: cookie, ...conditions }),
    },
  )

  // `npm run test:faults` has five times as many, in real processes.
  describeRaces(
    `four processes with one table in ${name}`,
    4,
    overSql(() => database, 'races'),
    100,
  )

  for (const [client, openClient] of Object.entries(clients))
    describeSessionStore(
      `the store in ${name} over ${client} of the application`,
      async (conditions: StoreConditions) => {
        const own = await openClient({ ...PATIENT, table: newTable() })
        return {
          store: database.store(conditions),
          components: own.components,
          close: async () => {
            // The application goes on with its client.
            await own.use()
            await own.close()
          },
        }
      },
      { describe, test },
    )

  describeStatements(name, () => database)
  describeTable(name, () => database)
}

/** A cut text, and an empty one. */
const DAMAGED = { 'd:a': '{"cut":', 'd:b': '' }
