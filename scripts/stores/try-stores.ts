import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sessionBackendCases } from '../../src/testing/index.js'
import { startRedis } from '../../test/support/redis-server.js'
import { KNOWN_STORES, openBackend, type KnownStore, type Surroundings } from './known-stores.js'

const execute = promisify(execFile)

/** How a store did. */
export interface StoreRun {
  readonly store: KnownStore
  /** Of the package itself. */
  readonly version: string
  /** Cases of the conformance kit that it passed in one process, of how many. */
  readonly passed: number
  readonly total: number
  /** What failed, or what is told at start-up: names of cases and warnings. */
  readonly failures: readonly string[]
}

/** Installs the known stores from npm, and tries each in one process. */
export async function tryStores(): Promise<readonly StoreRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-known-stores-'))
  await using redis = await startRedis()
  try {
    const load = await install(folder)
    const runs: StoreRun[] = []
    for (const store of KNOWN_STORES) {
      const version = versionOf(folder, nameOf(store.packages[0]))
      runs.push({ store, version, ...(await tryStore(store, { load, redisUrl: redis.url })) })
    }
    return runs
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The table in the pages. */
export function tableOf(runs: readonly StoreRun[]): string {
  const rows = runs.map(({ store, version, passed, total, failures }) => {
    const found = failures.length === 0 ? '' : ` (not: ${failures.join('; ')})`
    return `| ${nameOf(store.packages[0])} ${version} | \`${store.code}\` | ${passed} of ${total}${found} |\n`
  })
  return `| package | store or driver | cases passed, in one process |\n| --- | --- | --- |\n${rows.join('')}`
}

async function tryStore(store: KnownStore, surroundings: Surroundings) {
  const failures: string[] = []
  const cases = sessionBackendCases(
    async ({ clock }) => {
      const { backend, close } = await openBackend(store, surroundings, clock)
      failures.push(...((await backend.startUpWarnings?.()) ?? []))
      // In one process it keeps what its limits say that it cannot promise to several.
      return { backend: Object.assign(backend, { limits: [] }), close }
    },
    { hasIndex: false },
  )
  let passed = 0
  for (const { name, run } of cases)
    await run().then(
      () => (passed += 1),
      () => failures.push(name),
    )
  return { passed, total: cases.length, failures: [...new Set(failures)] }
}

/** Without the scripts of packages, which download and compile; none of these needs any. */
async function install(folder: string): Promise<Surroundings['load']> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const packages = new Set(KNOWN_STORES.flatMap((store) => store.packages))
  // They name each other's versions in ways that npm cannot fulfil together.
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps']
  await execute('npm', ['install', ...quiet, ...packages], { cwd: folder })
  return createRequire(join(folder, 'package.json'))
}

function nameOf(specifier: string): string {
  return specifier.slice(0, specifier.lastIndexOf('@'))
}

function versionOf(folder: string, name: string): string {
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
