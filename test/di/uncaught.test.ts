import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const execute = promisify(execFile)

// Another process takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

/** What a program prints that ends with an error, without the frames of Node. */
async function printed(program: string): Promise<string> {
  const folder = mkdtempSync(resolve('test/di/uncaught-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'app.ts')
  const imports = `import { App, route, sessions, Session, MemoryStore, singleton, token } from '${pathToFileURL(resolve('src/index.ts'))}'`
  writeFileSync(file, `${imports}\n${program}`)
  const running = execute(process.execPath, ['--import', '@oxc-node/core/register', file])
  const { stderr } = await running.then(
    () => {
      throw new Error('the program did not fail')
    },
    (error: unknown) => error as { stderr: string },
  )
  return stderr
    .replaceAll(/\n +at (?:.*node:|async ).*?(?=( \{)?\n)/g, '')
    .replaceAll(/(?:file:\/\/)?[\w./-]*\/uncaught-\w+\//g, '')
    .replace(/\n\nNode\.js v.*\n/, '')
}

describe('an error that nobody catches', () => {
  test.each([
    ['ready', 'await app.ready()', '          ^'],
    ['listen', 'await app.listen(0)', '          ^'],
  ])('is printed once, with the line of the program first: %s [C12]', async (_, call, mark) => {
    const text = await printed(`function first(session: Session) { return session.id }
const app = new App({
  routes: [
    route.get('/first', [Session], first),
    route.get('/second', [Session], function second(session) { return session.id }),
  ],
})
${call}
`)
    const column = 'await app.'.length + 1
    expect(text).toBe(`app.ts:9
${call}
${mark}


DIError: The application cannot be wired: 1 problem.

1. DI_MISSING (GET /first, app.ts:5): nothing provides Session, parameter 0 of first.
     first
     └─ Session
   Add \`sessions(new MemoryStore())\` to the \`components\` of the application, or sessions(…) with another store.
   The same at GET /second, app.ts:6.
    at <anonymous> (app.ts:9:${column}) {
  [errors]: [Getter]
}`)
  })

  test('of a hundred routes with one mistake is short, and says where it is met [C12]', async () => {
    const text = await printed(`const app = new App({
  routes: Array.from({ length: 100 }, (_, n) =>
    route.get('/' + n, [Session], Object.defineProperty((session: Session) => session.id, 'name', { value: 'handler' + n }))),
})
await app.listen(0)
`)
    expect(text.length).toBeLessThan(1_500)
    expect(text.match(/nothing provides Session/g)).toHaveLength(1)
    expect(text).toContain(
      'The same at GET /1, app.ts:4; GET /2, app.ts:4; GET /3, app.ts:4; GET /4, app.ts:4; and 95 more.',
    )
  })

  test('of a hundred mistakes lists each once, far below 64 KiB [C12]', async () => {
    const text = await printed(`const app = new App({
  routes: Array.from({ length: 100 }, (_, n) =>
    route.get('/' + n, [token('t' + n)], () => n)),
})
await app.listen(0)
`)
    expect(text.length).toBeLessThan(32_768)
    expect(text.match(/nothing provides token\('t57'\)/g)).toHaveLength(1)
  })

  test.each(['ready()', 'listen(0)'])(
    'of a function that threw later is short, too: our frames are left out, app.%s [C12]',
    async (call) => {
      const text = await printed(`const db = token<string>('db')
const connect = async () => {
  await new Promise((resolve) => setImmediate(resolve))
  throw new TypeError('no database')
}
const app = new App({ components: [singleton(db, [], connect)], routes: [route.get('/', [db], (made) => made)] })
await app.${call}
`)
      const [above] = text.split('[cause]')
      expect(above).not.toContain('src/')
      expect(above!.slice(above!.indexOf('DIError')))
        .toBe(`DIError: The application cannot be wired: 1 problem.

1. DI_CONSTRUCTION: singleton(token('db')) could not make token('db'): it threw TypeError.
     token('db')
   Look at this error's \`cause\`: its message is not repeated here. {
  `)
    },
  )

  test('of app.run has the line of the caller, and no frame of ours [C12, C20]', async () => {
    const text = await printed(`const db = token<string>('db')
const app = new App({ routes: [] })
await app.run([db], (made) => made)
`)
    expect(text).not.toContain('src/')
    expect(text).toContain('app.ts:4\nawait app.run')
  })

  test('of a function that threw has that as its cause, once [C12]', async () => {
    const text = await printed(`const db = token<string>('db')
const connect = () => { throw new TypeError('no database') }
const app = new App({ components: [singleton(db, [], connect)], routes: [route.get('/', [db], (made) => made)] })
await app.listen(0)
`)
    expect(text.match(/no database/g)).toHaveLength(1)
    expect(text).toContain(`[cause]: TypeError: no database
      at connect (app.ts:3:31)`)
  })
})
