/*
 * Writes to a file of SQLite until it is killed, and prints each write that was acknowledged; or, with a key, adds a
 * letter to its record so many times: `node sqlite-writer.js <file> [<key> <letter> <times>]`.
 */
import { connectSqlite } from '../../../src/sessions/sql/index.js'
import { newKey, textOf } from '../../../src/testing/conformance/backend/opened-backend.js'

const [path = '', shared, letter = '', times] = process.argv.slice(2)
const backend = await connectSqlite(path, { timeoutMs: 20_000 })
const HOUR = 3_600_000
if (shared === undefined) {
  for (;;) {
    const key = newKey()
    await backend.create(key, textOf('0'), HOUR)
    for (let version = 1; version <= 5; version++) {
      await backend.replace(key, version, textOf(`${version}`), HOUR)
      process.stdout.write(`${key} ${version}\n`)
    }
  }
}
for (let count = 0; count < Number(times); count++) await append(shared)
await backend.close()

async function append(key: string): Promise<void> {
  let record = await backend.read(key)
  while (record) {
    const result = await backend.replace(key, record.version, record.text + letter, HOUR)
    if (result === 'applied') return
    record = result === 'missing' ? undefined : result
  }
  throw new Error('the record is missing')
}
