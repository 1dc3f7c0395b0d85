import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const program = ['--import', '@oxc-node/core/register', 'test/sessions/frozen-program.ts']

describe('without __proto__, and with intrinsics that cannot be changed [PP-10]', () => {
  test('sessions work in both kinds of stores', async () => {
    const { stdout, stderr } = await run(process.execPath, ['--disable-proto=throw', ...program])
    const data =
      '{"__proto__":{"isAdmin":true},"constructor":1,"toString":"text","cart":["tea"],"count":1}'
    expect({ stdout, stderr }).toEqual({ stdout: `${data}\n{} 0\n${data}\n{} 0\n`, stderr: '' })
  }, 60_000)

  test('the flag --frozen-intrinsics itself is too early: reflect-metadata extends Reflect', async () => {
    const flags = ['--frozen-intrinsics', '--no-warnings', '--input-type=module', '-e']
    const failure = run(process.execPath, [...flags, `import 'reflect-metadata'`])
    await expect(failure).rejects.toThrow('node_modules/reflect-metadata/Reflect.js')
  }, 60_000)
})
