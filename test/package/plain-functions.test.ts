import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { manifest } from '../../src/cli/project-settings.js'
import { otherNodes } from '../transform/written-by.js'
import { Consumer } from './consumer.js'

// Packing and starting programs take seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const nodes = [process.execPath, ...otherNodes()]
let consumer: Consumer

beforeAll(async () => {
  const compilers = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime', 'ioredis']
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

test.each([
  ['has no type', 'function show(session) { return session.id }'],
  ['is in another', 'const show = (() => (id: number) => id)()'],
])(
  'a program whose only function %s is not told to start what it was started with [C15]',
  async (_, handler) => {
    consumer.write(
      'one/app.ts',
      `import { App, route } from 'ingot'\n${handler}\nawait new App({ routes: [route.get('/', show)] }).ready()`,
    )
    const running = consumer.execute(process.execPath, ['--import', 'ingot/register', 'one/app.ts'])
    const { stderr } = (await running.catch((error: unknown) => error)) as { stderr: string }
    expect(stderr).toContain('cannot be injected: no type is known of it.')
    expect(stderr).toContain(
      'Write its type; if it has one, its function is made inside another and takes no class: write it at the top level of its module, or name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn).',
    )
    expect(stderr).not.toContain('--import ingot/register')
  },
)

test.each(nodes)(
  'modules that name each other, and names of package.json and tsconfig, load with %s [C8, C18]',
  async (node) => {
    const program = await Consumer.create(['oxc-parser', 'oxc-transform', '@oxc-project/runtime'])
    onTestFinished(() => program.remove())
    const files = {
      'package.json': '{ "type": "module", "imports": { "#src/*": "./src/*" } }',
      'tsconfig.json':
        '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"], "~/*": ["./src/*"] } } }',
      'src/hen.ts': `import { Inject } from 'ingot'
      import { Egg } from './egg.js'
      @Inject()
      export class Hen {
        constructor(readonly egg: Egg) {}
        @Inject() lay(egg: Egg): Egg { return egg }
      }`,
      'src/egg.ts': `import { forwardRef, Inject, lazy } from 'ingot'
      import { Hen } from './hen.js'
      @Inject(lazy(forwardRef(() => Hen)))
      export class Egg {
        constructor(readonly hen: () => unknown) {}
        @Inject() of(hen: Hen): Hen { return hen }
      }`,
      'src/deep/main.ts': `import { App, route } from 'ingot'
      import { Hen } from '#src/hen.js'
      import { Egg } from '@app/egg.js'
      import { Egg as Same } from '~/egg'
      const app = new App({ routes: [route.get('/', [Hen], ({ egg }) => [egg instanceof Egg, Egg === Same])] })
      console.log(await (await app.fetch(new Request('http://farm/'))).json())`,
      'src/missing.ts': `import '#src/gone.js'`,
    }
    for (const [path, text] of Object.entries(files)) program.write(path, text)
    const run = (path: string) => program.execute(node, ['--import', 'ingot/register', path])
    expect(await run('src/deep/main.ts')).toBe('[ true, true ]\n')
    await expect(run('src/missing.ts')).rejects.toThrow('ERR_MODULE_NOT_FOUND')
  },
)

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

  const choices = ['memory', 'cookie', 'redis'].flatMap((store) =>
    ['functions', 'decorators'].map((style) => [store, style] as const),
  )

  test.each(choices)(
    '--store %s --style %s passes its tests and compiles [D4]',
    async (...chosen) => {
      const [store, style] = chosen
      const name = `${store}-${style}`
      await consumer.execute(process.execPath, [
        cli,
        'new',
        name,
        '--store',
        store,
        '--style',
        style,
      ])
      expect(await consumer.execute('npm', ['test'], name)).toMatch(/# pass 2\n# fail 0/)
      expect(await consumer.execute('npm', ['run', '--silent', 'build'], name).catch(String)).toBe(
        '',
      )
    },
  )

  test('explains an application in TypeScript [D5]', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'explained'])
    const explain = (...words: string[]) => consumer.execute(process.execPath, [cli, ...words])
    expect(await explain('explain', 'explained/src/app.ts', 'GET /')).toContain(
      'home(Session, Visits)',
    )
    expect(await explain('graph', 'explained/src/app.ts')).toContain('flowchart')
    for (const missing of ['explained/src/ap.ts', 'explained/src'])
      await expect(explain('explain', missing)).rejects.toThrow(`There is no file ${missing}.`)
  })

  test('npm run dev of a new project runs it with its .env, and the page has its routes', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'developed'])
    const { scripts } = manifest('developed', '0.1.0', 'cookie') as { scripts: { dev: string } }
    const [program, ...words] = scripts.dev.split(' ')
    expect(program).toBe('ingot')
    const started = [`../${cli}`, ...words, '--page', '0']
    const dev = consumer.start(started, 'developed', { PORT: '0', NODE_ENV: 'development' })
    onTestFinished(async () => {
      dev.kill('SIGTERM')
      await once(dev, 'exit')
    })
    const lines: string[] = []
    for await (const line of createInterface({ input: dev.stdout! })) {
      lines.push(line)
      if (line.startsWith('Application at')) break
    }
    const [page = '', listening = '', application = ''] = lines.map(
      (line) => /http:\S+/.exec(line)![0],
    )
    expect(listening).toBe(application)
    const visited = await fetch(application)
    expect(await visited.json()).toEqual({ username: null, visits: 1 })
    const state = (await (await fetch(`${page}/state`)).json()) as { program: { routes: string[] } }
    expect(state.program.routes).toEqual(['GET /', 'POST /username'])
    expect(await (await fetch(page)).text()).toContain('<title>ingot dev</title>')
  })

  test('writes a project that starts, keeps its sessions over plain http, and ends by a signal [D3, D4]', async () => {
    await consumer.execute(process.execPath, [cli, 'new', 'my-app'])
    const started = ['--env-file=.env', '--import', 'ingot/register', 'src/main.ts']
    const program = consumer.start(started, 'my-app', { PORT: '0' })
    onTestFinished(() => void program.kill('SIGKILL'))
    const [line] = (await once(program.stdout!, 'data')) as [Buffer]
    const url = /^Listening at (\S+)\n$/.exec(line.toString())?.[1]
    const first = await fetch(url!)
    expect(await first.json()).toEqual({ username: null, visits: 1 })
    const [cookie = ''] = first.headers.getSetCookie()
    expect(cookie).toMatch(/^session-over-http=/)
    const again = await fetch(url!, { headers: { cookie: cookie.split(';')[0]! } })
    expect(await again.json()).toEqual({ username: null, visits: 2 })
    program.kill('SIGTERM')
    expect(await once(program, 'exit')).toEqual([0, null])
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
