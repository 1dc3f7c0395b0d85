import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('../../scripts/walk.js', import.meta.url))

test('a warm request that changes a session runs through at most 32 of our files and 150 functions', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'memory'])
  const [, files, functions] = /^memory: (\d+) files, (\d+) functions\n$/.exec(stdout)!.map(Number)
  // It looked at the package that was built.
  expect(files).toBeGreaterThan(20)
  expect(files).toBeLessThanOrEqual(32)
  expect(functions).toBeLessThanOrEqual(150)
})
