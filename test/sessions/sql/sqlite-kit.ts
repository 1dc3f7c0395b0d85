/*
 * Runs the conformance kits on SQLite with the driver that it is given, in whatever Node runs it, and prints what
 * failed: `node sqlite-kit.js <file> <driver>`.
 */
import { value } from '../../../src/index.js'
import {
  connectSqlite,
  SqliteBackend,
  SqliteStore,
  type SqliteOptions,
} from '../../../src/sessions/sql/index.js'
import { sessionBackendCases, sessionStoreCases } from '../../../src/testing/index.js'

const [path = '', driver] = process.argv.slice(2)
const options: SqliteOptions = { timeoutMs: 10_000, driver: driver as 'node:sqlite' }
const open = async () => {
  const backend = await connectSqlite(path, options)
  return { backend, close: () => backend.close() }
}
const cases = [
  ...sessionBackendCases(open, { hasClock: false }),
  ...sessionStoreCases(async (conditions) => {
    const { backend, close } = await open()
    return {
      store: new SqliteStore(conditions),
      components: [value(SqliteBackend, backend)],
      close,
    }
  }),
]
for (const { name, run } of cases) {
  await run().catch((error: unknown) => process.stdout.write(`${name}: ${String(error)}\n`))
}
process.stdout.write(`${cases.length > 60 ? 'all' : 'few'} cases were run\n`)
