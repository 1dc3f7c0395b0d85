import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'

const execute = promisify(execFile)

// The compiler takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const PROGRAM = `import { Inject, inject, route, scoped, singleton, transient } from 'ingot'
class A { readonly a = 1 }
class B { readonly b = 1 }
route.get('/', [A, B], (b: B, a: A) => [a, b])
route.post('/', (req, res) => res.send())
scoped(A, [A, B], (b: B, a: A) => a)
singleton(A, [A, B], (b: B, a: A) => a)
transient(A, [A, B], (b: B, a: A) => a)
inject([A, B], (b: B, a: A) => [a, b])
class Page {
  @Inject(A, B) show(b: B, a: A) { return [a, b] }
}
@Inject(A, B)
class Pages { constructor(b: B, a: A) {} }
`

test('the compiler says which parameter does not fit its token, whatever was written wrongly [C14]', async () => {
  const folder = mkdtempSync(resolve('test/di/compiled-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'app.ts'), PROGRAM)
  const options = { extends: resolve('tsconfig.json'), include: ['app.ts'], exclude: [] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options))
  const compiling = execute('npx', ['tsc', '--noEmit', '--pretty', 'false', '-p', folder])
  const { stdout } = (await compiling.catch((error: unknown) => error)) as { stdout: string }
  const messages = stdout.split(/^(?=\S)/m).map((message) => {
    const [, line] = /app\.ts\((\d+),/.exec(message)!
    return [Number(line), message.trimEnd().split('\n').at(-1)!.trim()]
  })
  const mismatch = "Property 'b' is missing in type 'A' but required in type 'B'."
  expect(messages).toEqual([
    [4, mismatch],
    [5, expect.stringContaining("Property 'send' does not exist on type 'never'.")],
    [6, mismatch],
    [7, mismatch],
    [8, mismatch],
    [9, mismatch],
    [11, mismatch],
    [13, mismatch],
  ])
})
