import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-many-handlers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('1,000 handlers of six tokens each type-check, and one that does not fit is found', () => {
  const good = Array.from({ length: 500 }, (_, index) => handlers(index))
  expect(complaints('good', good)).toEqual([])
  const bad = handlers(0).replace('name: string', 'name: number')
  const [first] = complaints('bad', [...good.slice(1), bad])
  expect(first).toContain('error TS')
}, 120_000)

/** One handler as a function and one as a method, of six tokens each. */
function handlers(index: number): string {
  const [one, two, three] = [index % 20, (index * 7 + 3) % 20, (index * 13 + 5) % 20]
  const tokens = `C${one}, C${two}, name, optional(C${three}), lazy(C${one}), Query('q${index}')`
  const values = `a: C${one}, b: C${two}, name: string, c: C${three} | undefined, d: () => C${one} | Promise<C${one}>, e: string`
  return `
    export const function${index} = inject([${tokens}], (a, b, name, c, d, e) => [a.n${one}, b.n${two}, name.length, c?.n${three}, d, e.length])
    export class Page${index} {
      @Inject(${tokens}) show(${values}): unknown { return [a, b, name, c, d, e] }
    }`
}

/** What tsc complains of. */
function complaints(name: string, lines: readonly string[]): string[] {
  const classes = Array.from(
    { length: 20 },
    (_, index) =>
      `export class C${index} { readonly n${index} = ${index}; readonly #own = 1; get own() { return this.#own } }`,
  )
  const source = resolve('src/di/index.js')
  const head = [
    `import { Inject, inject, lazy, marker, optional, token, type Marker } from ${JSON.stringify(source)}`,
    `const name = token<string>('name')`,
    `const Query = (name: string): Marker<string> => marker('Query', name)`,
  ]
  writeFileSync(join(folder, `${name}.mts`), [...head, ...classes, ...lines].join('\n'))
  const project = join(folder, `${name}.json`)
  writeFileSync(
    project,
    JSON.stringify({
      extends: resolve('tsconfig.json'),
      compilerOptions: { typeRoots: [resolve('node_modules/@types')], paths: {} },
      include: [`${name}.mts`],
    }),
  )
  const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', project])
  return String(stdout).split('\n').filter(Boolean)
}
