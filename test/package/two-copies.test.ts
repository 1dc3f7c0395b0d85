import { realpathSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Consumer } from './consumer.js'

// Packing and starting programs take seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let consumer: Consumer
let both: string

// A package that brings a copy of its own, as npm installs it when two versions are asked for.
beforeAll(async () => {
  consumer = await Consumer.create(['tslib'])
  await consumer.install('node_modules/shared/')
  consumer.copyPackage('tsyringe', 'node_modules/shared/node_modules/tsyringe')
  consumer.write('node_modules/shared/package.json', '{ "type": "module", "main": "index.js" }')
  consumer.write('node_modules/shared/index.js', SHARED)
  const folder = `${realpathSync(consumer.folder)}/node_modules`
  both = `Ingot is installed twice, and the other copy made this: ${folder}/shared/node_modules/ingot beside ${folder}/ingot. \`npm ls ingot\` shows who brings each; \`npm dedupe\`, or a peer dependency in the package that brings its own, leaves one.`
})
afterAll(() => consumer.remove())

const SHARED = `
import * as theirs from 'ingot'
import 'reflect-metadata'
import { singleton } from 'tsyringe'

export { theirs }
export class NotFound extends theirs.HttpError {
  constructor() { super(404, 'no such thing') }
}
export class Pages {
  show() { return 'shown' }
}
theirs.Get('/')(Pages.prototype, 'show', Object.getOwnPropertyDescriptor(Pages.prototype, 'show'))
theirs.Controller('/pages')(Pages)
export const name = theirs.token('name')
export const guard = theirs.inject([theirs.Next], async function guard(next) { return next() })
export class Clock {}
export class Decorated { constructor(clock) {} }
Reflect.defineMetadata('design:paramtypes', [], Decorated)
singleton()(Decorated)
`

/** What a program prints that has both copies, and a helper that says what \`ready()\` refuses. */
function run(program: string): Promise<string> {
  return consumer.run(
    'app.js',
    `import 'reflect-metadata'
    import * as ours from 'ingot'
    import { testClient } from 'ingot/testing'
    import { theirs, NotFound, Pages, name, guard, Clock, Decorated } from 'shared'
    const { App, route, value, scoped, sessions, MemoryStore } = ours
    const problems = async (options) => new App(options).ready().then(() => ['none'], (error) => error.errors.map((one) => one.problem + ' ' + one.remedy))
    ${program}`,
  )
}

describe('a package with a copy of its own', () => {
  test('throws an HttpError that keeps its status, and is caught by its class [C6]', async () => {
    const output = await run(`
      const client = testClient(new App({ routes: [
        route.get('/', () => { throw new NotFound() }),
        route.get('/ours', () => { throw new ours.HttpError(410) }),
        route.get('/other', () => { throw new TypeError('x') }),
      ], onError: () => {} }))
      for (const path of ['/', '/ours', '/other']) console.log((await client.get(path)).status)
      const checks = (error) => [error instanceof ours.HttpError, error instanceof theirs.HttpError, error instanceof NotFound]
      console.log(String([new NotFound(), new ours.HttpError(404), new theirs.HttpError(404), new Error('x'), undefined].map((one) => checks(one).map(Number).join(''))))`)
    expect(output).toBe('404\n410\n500\n111,110,110,000,000\n')
  })

  test('gives values that need nothing of either copy [C6]', async () => {
    const output = await run(`
      const client = testClient(new App({
        components: [theirs.value(Clock, new Clock()), theirs.value(name, 'ada')],
        routes: [route.get('/', [Clock, name, theirs.Query('page')], (clock, who, page) => [clock instanceof Clock, who, page])],
      }))
      console.log(await (await client.get('/?page=2')).text())`)
    expect(output).toBe('[true,"ada","2"]\n')
  })

  const refused: readonly (readonly [what: string, options: string, problem: string])[] = [
    [
      'a route',
      `{ routes: [theirs.route.get('/', () => 'x')] }`,
      'an object of Route is in `routes`, but is neither a controller nor a route.',
    ],
    [
      'a group of routes',
      `{ routes: [theirs.route.group('/x', [])] }`,
      'an object of RouteGroup is in `routes`, but is neither a controller nor a route.',
    ],
    [
      'a controller',
      `{ routes: [Pages] }`,
      'Pages is in `routes`, but is neither a controller nor a route.',
    ],
    [
      'a middleware',
      `{ middleware: [guard], routes: [route.get('/', () => 'x')] }`,
      'the tokens of guard are not known here.',
    ],
    [
      'a class of its own, to a handler',
      `{ components: [sessions(new MemoryStore())], routes: [route.get('/', [theirs.Session], function show() {})] }`,
      'nothing provides Session, parameter 0 of show.',
    ],
    [
      'a value of the request',
      `{ routes: [route.get('/', [theirs.Cookies], function show() {})] }`,
      'nothing provides Cookies, parameter 0 of show.',
    ],
    [
      'a token that nothing provides',
      `{ routes: [route.get('/', [name], function show() {})] }`,
      "nothing provides token('name'), parameter 0 of show.",
    ],
    [
      'a changed token',
      `{ routes: [route.get('/', [theirs.optional(Clock)], function show() {})] }`,
      'nothing provides optional(Clock), parameter 0 of show.',
    ],
    [
      'a component that provides sessions',
      `{ components: [theirs.sessions(new theirs.MemoryStore())], routes: [route.get('/', [ours.Session], function show() {})] }`,
      'nothing provides Session, parameter 0 of show.',
    ],
    [
      'a factory with tokens',
      `{ components: [theirs.scoped(Clock, [ours.Cookies], () => new Clock())], routes: [route.get('/', [Clock], function show() {})] }`,
      'the tokens of scoped(Clock).resolve are not known here.',
    ],
  ]

  // One process for all of them: starting one takes a second.
  let told: readonly string[][]
  beforeAll(async () => {
    const list = refused.map(([, options]) => options).join(',\n')
    told = JSON.parse(
      await run(`
        const said = []
        for (const options of [${list}]) said.push(await problems(options))
        console.log(JSON.stringify(said))`),
    ) as string[][]
  })

  test.each(refused.map((row, index) => [row[0], index] as const))(
    'is told with both paths when it gives %s [C6]',
    (_, index) => {
      expect(told[index]).toEqual([`${refused[index]![2]} ${both}`])
    },
  )

  test('is told with both paths when its store is given to sessions(…) [C6]', async () => {
    const output = await run(`
      for (const store of [new theirs.MemoryStore(), theirs.MemoryStore, class Own extends theirs.SessionStore { load() {} dump() {} }])
        try { sessions(store) } catch (error) { console.log(error.message) }`)
    const message = (what: string) =>
      `the session option 'store' must be a store or a class of stores, such as new MemoryStore(), not ${what}. ${both}\n`
    expect(output).toBe(
      ['an object of MemoryStore', 'the class MemoryStore', 'the class Own'].map(message).join(''),
    )
  })

  test('is told with both paths when its App is tested or explained [C6]', async () => {
    const output = await run(`
      await testClient(new theirs.App({ routes: [] })).withSession({}).catch((error) => console.log(error.message))`)
    expect(output).toBe(
      `a test client can only begin and read sessions of an App: pass the App itself to testClient. ${both}\n`,
    )
    consumer.write(
      'theirs.js',
      `import { theirs } from 'shared'\nexport const app = new theirs.App({ routes: [] })`,
    )
    const explain = consumer.execute(process.execPath, [
      'node_modules/ingot/dist/cli/index.js',
      'explain',
      'theirs.js',
    ])
    await expect(explain).rejects.toThrow(
      `theirs.js exports no App as \`app\` or by default; it exports app. ${both}`,
    )
  })

  test('may have an application of its own in the same process [C6]', async () => {
    const output = await run(`
      const app = (from) => new from.App({
        components: [from.sessions(new from.MemoryStore())],
        routes: [from.route.get('/', [from.Session], (session) => typeof session.id)],
      })
      for (const from of [ours, theirs]) console.log(await (await app(from).fetch(new Request('https://a.example/'))).text())`)
    expect(output).toBe('string\nstring\n')
  })
})

test('two copies of tsyringe are told with both paths [C7]', async () => {
  const output = await run(
    `console.log(await problems({ routes: [route.get('/', [Decorated], function show() {})] }))`,
  )
  const folder = `${realpathSync(consumer.folder)}/node_modules`
  expect(output).toContain('tsyringe is installed twice: ')
  expect(output).toContain(`${folder}/shared/node_modules/tsyringe`)
  expect(output).toContain(realpathSync('node_modules/tsyringe'))
})
