import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { otherNodes } from '../transform/written-by.js'
import { Consumer } from './consumer.js'

// Packing and starting programs take seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const nodes = [process.execPath, ...otherNodes()]
let consumer: Consumer

beforeAll(async () => {
  const compilers = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime']
  consumer = await Consumer.create([...compilers, 'typescript', '@types/node', 'vite', 'esbuild'])
})
afterAll(() => consumer.remove())

describe('node --import ingot/register runs TypeScript without a build and without a tsconfig', () => {
  test.each(nodes)('the example of plain functions, with %s', async (node) => {
    consumer.copy('examples/functions/app.ts', 'functions/app.ts')
    expect(await visited(node, 'functions')).toBe('Hello, ada! ada\n')
  })

  test.each(nodes)('the example of decorators and metadata, with %s', async (node) => {
    consumer.copy('examples/usernames/decorators.ts', 'decorators/app.ts')
    expect(await visited(node, 'decorators')).toBe('Hello, ada! ada\n')
  })

  /** The output of a program that visits the app of a folder. */
  async function visited(node: string, folder: string): Promise<string> {
    consumer.copy('test/package/visit.ts', `${folder}/visit.ts`)
    return consumer.execute(node, ['--import', 'ingot/register', `${folder}/visit.ts`])
  }
})

test('ingot/register names the packages that are missing, and how to get them', async () => {
  const bare = await Consumer.create()
  onTestFinished(() => bare.remove())
  const refused = bare.execute(process.execPath, ['--import', 'ingot/register', 'app.ts'])
  await expect(refused).rejects.toThrow(
    'Error: ingot/register compiles TypeScript with packages that are not installed: npm install oxc-parser oxc-transform @oxc-project/runtime',
  )
})

test('the plugins fit Vite and esbuild, and their declarations are complete', async () => {
  const problems = await consumer.check(
    'plugins.ts',
    `import { build } from 'esbuild'
    import { ingot as forEsbuild } from 'ingot/esbuild'
    import { ingot } from 'ingot/vite'
    import type { Plugin } from 'vite'

    export const plugin: Plugin = ingot()
    export const built = build({ plugins: [forEsbuild()] })`,
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
      types: ['node'],
      // Vite's own declarations need more than is installed here.
      skipLibCheck: true,
    },
  )
  expect(problems).toBe('')
})

describe('npx ingot new my-app', () => {
  const cli = 'node_modules/ingot/dist/cli/index.js'

  test('writes a project that starts, passes its tests and compiles', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'my-app'])

    expect(await consumer.execute('npm', ['test'], 'my-app')).toMatch(/# pass 2\n# fail 0/)
    expect(
      await consumer.execute('npm', ['run', '--silent', 'typecheck'], 'my-app').catch(String),
    ).toBe('')

    const started = ['--import', 'ingot/register', 'src/main.ts']
    const program = consumer.start(started, 'my-app', { PORT: '0' })
    onTestFinished(() => void program.kill('SIGKILL'))
    const [line] = (await once(program.stdout!, 'data')) as [Buffer]
    const url = /^Listening at (\S+)\n$/.exec(line.toString())?.[1]
    expect(await (await fetch(url!)).json()).toEqual({ username: null, visits: 1 })
  })

  test('its workers both serve at the file of one socket, and tell that their secrets differ [B10, B11]', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'workers'])
    const program = `import cluster from 'node:cluster'
      cluster.setupPrimary({ exec: 'src/main.ts', execArgv: ['--import', 'ingot/register'] })
      cluster.fork()
      cluster.fork()`
    const started = ['--input-type=module', '--eval', program]
    const child = consumer.start(started, 'workers', { PORT: './app.sock', SESSION_SECRET: '' })
    onTestFinished(() => void child.kill())
    let told = ''
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (text: Buffer) => (told += text.toString()))
    }
    const lines = (pattern: RegExp) => told.match(pattern)?.length
    await expect
      .poll(() => lines(/^Listening at unix:\.\/app\.sock$/gm), { timeout: 60_000 })
      .toBe(2)
    expect(lines(/^SESSION_SECRET is not set: each worker makes its own, /gm)).toBe(2)
  })

  test('does not write into an existing folder', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'once'])
    await expect(consumer.execute(process.execPath, [cli, 'new', 'once'])).rejects.toThrow(
      'once is there already, and not empty. Nothing was written.',
    )
  })
})
