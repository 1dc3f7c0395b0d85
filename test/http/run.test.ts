import { expect, test } from 'vitest'
import {
  App,
  Cookies,
  DIError,
  Exchange,
  Hooks,
  Inject,
  inject,
  lazy,
  MemoryStore,
  Query,
  Resolver,
  route,
  scoped,
  Session,
  sessions,
  singleton,
  token,
} from '../../src/index.js'
import { Deferred } from '../di/deferred.js'

class Db {
  readonly rows: string[] = []
}
const Unit = token<{ readonly db: Db }>('Unit')

function library() {
  const log: string[] = []
  const app = new App({
    components: [
      sessions(new MemoryStore()),
      singleton(Db, [], () => new Db(), { dispose: () => log.push('close db') }),
      scoped(Unit, [Db], (db) => ({ db }), { dispose: () => log.push('end unit') }),
    ],
    routes: [route.get('/rows', [Db], (db) => db.rows)],
  })
  return { app, log }
}

test('a job runs with the singletons of the application, outside any request [C20]', async () => {
  const { app, log } = library()
  const count = await app.run([Unit], async ({ db }) => {
    log.push('work')
    return db.rows.push('a')
  })
  expect(count).toBe(1)
  expect(log).toEqual(['work', 'end unit'])
  expect(await (await app.fetch(new Request('http://library/rows'))).json()).toEqual(['a'])
  await app.run(inject([Db], (db) => void db.rows.push('b')))
  expect(await app.run([Db], (db) => db.rows)).toEqual(['a', 'b'])
  await app.close()
  expect(log).toEqual(['work', 'end unit', 'close db'])
})

test('a method is run on its receiver, and hooks run when it has ended [C20]', async () => {
  class Job {
    readonly seen: string[] = []

    @Inject(Db, Hooks)
    async count(db: Db, hooks: Hooks): Promise<number> {
      hooks.afterHandler(() => void this.seen.push('after'))
      hooks.afterResponse(() => void this.seen.push('last'))
      this.seen.push('run')
      return db.rows.length
    }
  }
  await using app = library().app
  const job = new Job()
  expect(await app.run([job, 'count'])).toBe(0)
  expect(job.seen).toEqual(['run', 'after', 'last'])
})

test('a job that asks for what only a request has is refused, with the path to it [C20]', async () => {
  await using app = library().app
  const report = inject([Db, lazy(Session), Query('page')], function report() {})
  const refusal = await app.run(report).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(DIError)
  expect((refusal as DIError).errors.map(({ code, problem }) => [code, problem])).toEqual([
    ['DI_OUTSIDE_REQUEST', 'Session is made of a request, and report runs without one.'],
    ['DI_OUTSIDE_REQUEST', "Query('page') is made of a request, and report runs without one."],
  ])
  expect((refusal as DIError).errors[1]!.message).toBe(
    [
      "DI_OUTSIDE_REQUEST (app.run(report)): Query('page') is made of a request, and report runs without one.",
      '  report',
      "  └─ Query('page')",
      '     └─ Exchange',
      "Ask for singletons, or pass what you need of Query('page') to the function as a value of your own.",
    ].join('\n'),
  )
})

test('what a Resolver asks for of a request is refused by name, while the job runs [C20]', async () => {
  await using app = library().app
  const message =
    'app.run(fn) has no request, and so no cookies: ask for singletons, or respond to a request with app.fetch.'
  await expect(app.run([Resolver], (resolver) => resolver.get(Cookies))).rejects.toThrow(message)
})

test('nothing of a request is there for a job that got hold of its Exchange [C20]', async () => {
  await using app = library().app
  const read: [what: string, read: (exchange: Exchange) => unknown][] = [
    ['method', ({ method }) => method],
    ['path', ({ path }) => path],
    ['request', ({ request }) => request],
    ['url', ({ url }) => url],
    ['host', ({ host }) => host],
    ['isHttps', ({ isHttps }) => isHttps],
    ['client address', ({ clientAddress }) => clientAddress],
    ['isUpgrade', ({ isUpgrade }) => isUpgrade],
    ['headers', (exchange) => exchange.header('accept')],
    ['cookies', ({ cookies }) => cookies],
    // The head is looked at before the body.
    ['request', (exchange) => exchange.bytes()],
  ]
  for (const [what, get] of read) {
    const running = app.run([Resolver], async (resolver) => get(await resolver.get(Exchange)))
    await expect(running, what).rejects.toThrow(
      `app.run(fn) has no request, and so no ${what}: ask for singletons, or respond to a request with app.fetch.`,
    )
  }
})

test('a job fails with what it threw, and its values are disposed [C20]', async () => {
  const { app, log } = library()
  const failure = new Error('no more rows')
  const failing = app.run([Unit], () => {
    throw failure
  })
  await expect(failing).rejects.toBe(failure)
  expect(log).toEqual(['end unit'])
  await app.close()
})

test('a job whose value cannot be disposed fails with both errors [C20]', async () => {
  const [first, second] = [new Error('work'), new Error('dispose')]
  const dispose = () => {
    throw second
  }
  await using app = new App({
    components: [scoped(Unit, [], () => ({ db: new Db() }), { dispose })],
    routes: [],
  })
  await expect(app.run([Unit], () => 1)).rejects.toBe(second)
  const both = await app
    .run([Unit], function work() {
      throw first
    })
    .catch((error: unknown) => error)
  expect(both).toMatchObject({
    errors: [first, second],
    message: 'app.run(work) failed, and then 1 of its hooks as well',
  })
})

test('close waits for a job, disposes after it, and takes no more [C20]', async () => {
  const { app, log } = library()
  const gate = new Deferred()
  const started = new Deferred()
  const running = app.run([Db], async () => {
    started.resolve()
    await gate.promise
    log.push('done')
  })
  await started.promise
  const closing = app.close()
  gate.resolve()
  await Promise.all([running, closing])
  expect(log).toEqual(['done', 'close db'])
  await expect(app.run([Db], () => 1)).rejects.toThrow('The application was closed.')
})

test('a mistake of the wiring fails the job before it begins [C20]', async () => {
  const Missing = token<number>('Missing')
  await using app = new App({ components: [], routes: [route.get('/', [Missing], () => 1)] })
  await expect(app.run([], () => 1)).rejects.toMatchObject({ code: 'DI_ERROR' })
})
