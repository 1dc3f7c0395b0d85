import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  register,
  type ConformanceCase,
} from '../../../src/testing/conformance/conformance-case.js'

const cases: ConformanceCase[] = ['one', 'two'].map((name) => ({ name, run: async () => {} }))

/** A runner that records its calls. */
function runner() {
  const calls: string[] = []
  return {
    calls,
    test: (name: string) => calls.push(name),
    describe: (name: string, body: () => void) => {
      calls.push(`{ ${name}`)
      body()
      calls.push('}')
    },
  }
}

test('cases are grouped by the given describe', () => {
  const { calls, ...functions } = runner()
  register('Store', cases, functions)
  expect(calls).toEqual(['{ Store', 'one', 'two', '}'])
})

test('without describe, the group begins the name of each case', () => {
  const { calls, test } = runner()
  register('Store', cases, { test })
  expect(calls).toEqual(['Store: one', 'Store: two'])
})

test('without functions, the global ones are used', () => {
  const { calls, test, describe } = runner()
  vi.stubGlobal('it', test)
  vi.stubGlobal('describe', describe)
  onTestFinished(() => void vi.unstubAllGlobals())
  register('Store', cases, {})
  expect(calls).toEqual(['{ Store', 'one', 'two', '}'])
})

test('without any function, the error says what to pass', () => {
  expect(() => register('Store', cases, {})).toThrow(
    new TypeError(
      'Store cannot be tested: there is no global `test`. Pass that of your test runner: { test, describe }.',
    ),
  )
})

test('node:test runs the suites, and fails when a case does', { timeout: 30_000 }, async () => {
  const program = fileURLToPath(new URL('node-test-program.ts', import.meta.url))
  const args = ['--import', '@oxc-node/core/register', '--test-reporter=tap', program]
  const run = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error)
  const { stdout, code } = run as { stdout: string; code?: number }
  expect(stdout).toContain('# Subtest: MemoryBackend as a session backend\n')
  expect(stdout).toContain('# Subtest: MemoryStore as a session store\n')
  expect(stdout.match(/^ *not ok \d+ - (.+)$/gm)?.map((line) => line.trim())).toEqual([
    expect.stringMatching(
      /^not ok \d+ - the store declares the capabilities that its tests were given$/,
    ),
    expect.stringMatching(/^not ok \d+ - a store with one failing case as a session store$/),
  ])
  expect(code).toBe(1)
})
