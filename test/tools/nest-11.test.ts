import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const execute = promisify(execFile)

test('the tests of ingot/nest pass with Nest 11, on Express and on Fastify', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-nest-11-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const packages = ['common', 'core', 'platform-express', 'platform-fastify']
  const names = [...packages.map((name) => `@nestjs/${name}@11`), 'rxjs@7', 'reflect-metadata']
  await execute('npm', ['install', '--no-audit', '--no-fund', ...names], { cwd: folder })
  const results = join(folder, 'results.json')
  const words = [
    'vitest',
    'run',
    '--config',
    'test/tools/nest-11.config.ts',
    '--outputFile',
    results,
  ]
  const environment = { ...process.env, INGOT_NEST: folder }
  // It ends with 1 when a test fails, which is told below.
  await execute('npx', words, { env: environment }).catch(() => {})
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8')) as Results
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  expect(failed).toEqual([])
  expect(numPassedTests).toBeGreaterThan(50)
})

interface Results {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}
