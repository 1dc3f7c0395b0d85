import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { value } from '../../src/di/index.js'
import type * as Compiled from './fixtures/compiled-page.js'
import { refusal, World } from './world.js'

const source = fileURLToPath(new URL('fixtures/compiled-page.ts', import.meta.url))
const tsc = resolve('node_modules/.bin/tsc')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-compilers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The fixture as plain tsc emits it; only the types of `ingot` stand beside it, or it would be compiled too. */
function byTsc(): Promise<typeof Compiled> {
  copyFileSync(source, join(folder, 'by-tsc.ts'))
  const types = 'export function Inject(...tokens: unknown[]): any; export class DIProblem {}'
  writeFileSync(join(folder, 'ingot.d.ts'), types)
  const compilerOptions = {
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    types: [],
    paths: { ingot: ['./ingot.d.ts'] },
  }
  const project = join(folder, 'tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, files: ['by-tsc.ts'] }))
  execFileSync(tsc, ['-p', project])
  return import(join(folder, 'by-tsc.js'))
}

/** The fixture as esbuild emits it, and so tsx, with either kind of decorators. */
async function byEsbuild(experimentalDecorators: boolean): Promise<typeof Compiled> {
  const { code } = await transform(readFileSync(source, 'utf8'), {
    loader: 'ts',
    target: 'es2022',
    tsconfigRaw: { compilerOptions: { experimentalDecorators, emitDecoratorMetadata: true } },
  })
  const path = join(folder, `by-esbuild-${experimentalDecorators}.js`)
  writeFileSync(path, code)
  return import(path)
}

async function shown({ Page, Basket }: typeof Compiled, method: 'show' | 'rest' | 'named') {
  const world = await World.of([new Page(), method], { components: [value(Basket, new Basket())] })
  return world.run()
}

async function refused({ Page, Basket }: typeof Compiled, method: keyof Compiled.Page) {
  const components = [value(Basket, new Basket())]
  const { errors } = await refusal([new Page(), method], { components })
  return errors.map(({ code, problem }) => `${code}: ${problem}`)
}

describe('tsc', () => {
  let compiled: typeof Compiled
  beforeAll(async () => {
    compiled = await byTsc()
  }, 60_000)

  test('keeps classes, also of optional and rest parameters', async () => {
    expect(await shown(compiled, 'show')).toBe(3)
    expect(await shown(compiled, 'rest')).toBe(1)
    expect(await shown(compiled, 'named')).toBe(3)
  })

  test('makes Function of `import type`, and a number of an enum', async () => {
    expect(await refused(compiled, 'imported')).toEqual([
      'DI_ERASED: parameter 0 of Page.imported cannot be injected: its type is erased to Function: a function type, or a class from `import type`.',
    ])
    expect(await refused(compiled, 'graded')).toEqual([
      'DI_ERASED: parameter 0 of Page.graded cannot be injected: its type is number (or an enum of numbers), which does not say where the value comes from.',
    ])
  })
})

describe('oxc, which compiles these tests', () => {
  test('keeps classes, but not of rest parameters', async () => {
    const compiled = await import('./fixtures/compiled-page.js')
    expect(await shown(compiled, 'show')).toBe(3)
    expect(await shown(compiled, 'named')).toBe(3)
    expect(await refused(compiled, 'rest')).toEqual([
      'DI_ERASED: parameter 0 of Page.rest cannot be injected: its type is erased to Array: what its elements are is gone.',
    ])
  })

  test('makes Object of `import type`, and the enum itself of an enum', async () => {
    const compiled = await import('./fixtures/compiled-page.js')
    const [imported] = await refused(compiled, 'imported')
    expect(imported).toContain('its type is erased to Object')
    const [graded] = await refused(compiled, 'graded')
    expect(graded).toMatch(/its type is (an enum|number)/)
  })
})

describe.each([
  ['with legacy decorators', true],
  ['with the decorators of the language', false],
])('esbuild, and so tsx, %s', (_name, experimental) => {
  test('emits no types, which is said with what to do', async () => {
    const { Page } = await byEsbuild(experimental)
    const { message } = await refusal([new Page(), 'imported'])
    expect(message).toBe(`The application cannot be wired: 1 problem.

1. DI_NO_METADATA (GET /): parameter 0 of Page.imported cannot be injected: nothing says what to inject: it has no token, and no type metadata was emitted.
     Page.imported
     └─ parameter 0
   Name its token: @Inject(Token, …) on the method, or inject([Token, …], fn); or decorate the method with @Inject() and turn on emitDecoratorMetadata (tsc, swc and oxc emit it; esbuild, tsx and TC39 decorators never do); or let its types be read: start Node with \`--import ingot/register\`, or add \`ingot()\` of ingot/vite or ingot/esbuild to the plugins of the build.`)
  })

  test('works with named tokens', async () => {
    expect(await shown(await byEsbuild(experimental), 'named')).toBe(3)
  })
})
