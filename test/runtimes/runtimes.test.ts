import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Consumer } from '../package/consumer.js'
import type { DatabaseServer } from '../support/database-server.js'
import { startPostgres } from '../support/postgres-server.js'
import { startRedis, type RedisServer } from '../support/redis-server.js'
import { CHECKS } from './checks.js'
import type { KitRun } from './kit.js'
import { runtimesIn, type Mode, type Running } from './runtimes.js'
import type { Places, StoreName } from './stores.js'
import { inTable, type Row, type StoreResult } from './table.js'

const SERVERS: Readonly<Record<Mode, string>> = { listen: '`app.listen`', fetch: '`app.fetch`' }

const compilers = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime']
const consumer = await Consumer.create(['ioredis', 'pg', 'libsql', ...compilers])
const runtimes = await runtimesIn(consumer.folder)

let redis: RedisServer
let postgres: DatabaseServer
const folder = mkdtempSync(join(tmpdir(), 'ingot-runtimes-'))
beforeAll(async () => {
  ;[redis, postgres] = await Promise.all([startRedis(), startPostgres()])
})
afterAll(async () => {
  await Promise.all([redis.stop(), postgres.stop()])
  rmSync(folder, { recursive: true, force: true })
  consumer.remove()
})

/** Each program has a file of its own. */
function placesFor(name: string): Places {
  return {
    redis: redis.url,
    postgres: postgres.url,
    sqlite: join(folder, `${randomBytes(6).toString('hex')}.db`),
    // Node 20 has no SQLite of its own.
    driver: name === 'Node 20' ? 'libsql' : 'node:sqlite',
  }
}

const rows: Row[] = []

describe.each(runtimes)('$name', ({ name, stores, modes, plainBy, serve, kit, plain }) => {
  const results = new Map<StoreName, StoreResult>()
  rows.push({ name, modes: modes.map((mode) => SERVERS[mode]), plainBy, results })

  describe.each(modes)('by %s', (mode) => {
    let running: Running
    beforeAll(async () => {
      running = await serve(mode, placesFor(name))
    })
    afterAll(() => running[Symbol.asyncDispose]())

    test.each(stores)('%s does what it does on Node, over http', async (store) => {
      const { url } = running.printed.find((one) => one.store === store)!
      const failures = await failuresOf(String(url))
      const total = Object.keys(CHECKS).length
      const passed = Math.min(total - failures.length, results.get(store)?.passed ?? total)
      results.set(store, { passed, total, failedCases: [] })
      expect(failures).toEqual([])
    })
  })

  test('every store passes the conformance kit', async () => {
    const runs = (await kit(placesFor(name))) as unknown as (KitRun & { store: StoreName })[]
    expect(runs.map(({ store }) => store)).toEqual(stores)
    for (const { store, failures } of runs)
      results.set(store, { ...results.get(store)!, failedCases: failures })
    for (const { store, total, failures } of runs) {
      expect({ store, failures }).toEqual({ store, failures: [] })
      // Of a `CookieStore` alone; others have a backend, too.
      expect(total).toBeGreaterThanOrEqual(35)
    }
  })

  test('a plain function is called with what its types say', async () => {
    expect(await plain()).toBe('{"sum":2}')
  })
})

test('the table of docs/runtimes.md says what the runtimes did; `-u` writes it', async () => {
  const page = new URL('../../docs/runtimes.md', import.meta.url)
  await expect(inTable(readFileSync(page, 'utf8'), rows)).toMatchFileSnapshot(page.pathname)
})

/** The checks that fail, with the reason. */
async function failuresOf(url: string): Promise<string[]> {
  const failures: string[] = []
  for (const [title, check] of Object.entries(CHECKS))
    await check(url).catch((error: unknown) => failures.push(`${title}: ${String(error)}`))
  return failures
}
