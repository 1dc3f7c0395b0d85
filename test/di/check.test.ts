import { describe, expect, test } from 'vitest'
import {
  all,
  App,
  Body,
  call,
  DIError,
  Hooks,
  inject,
  later,
  lazy,
  Next,
  optional,
  ref,
  route,
  scoped,
  singleton,
  token,
  transient,
  value,
  type AnyToken,
  type Component,
} from '../../src/index.js'

/** What `ready()` says of an application whose one handler asks for some tokens. */
async function refusal(components: readonly Component[], ...asked: AnyToken[]): Promise<DIError> {
  const app = new App({ components, routes: [route.get('/', asked, function home() {})] })
  return app.ready().then(
    () => expect.fail('the application was accepted'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(DIError)
      return error as DIError
    },
  )
}

/** Whether `ready()` accepts it. */
async function accepts(components: readonly Component[], ...asked: AnyToken[]): Promise<void> {
  await new App({ components, routes: [route.get('/', asked, function home() {})] }).ready()
}

const audit = token<unknown>('audit')
const middle = token<unknown>('middle')
const tenant = token<string>('tenant')
const perRequest = scoped(tenant, [], () => 'acme')

describe('a captive value', () => {
  test('is refused with the whole path, and what to do', async () => {
    const error = await refusal(
      [singleton(audit, [middle], () => 1), transient(middle, [tenant], () => 2), perRequest],
      audit,
    )
    expect(error.message).toBe(`The application cannot be wired: 1 problem.

1. DI_CAPTIVE: the singleton token('audit') would keep the first request's token('tenant') for ever.
     token('audit') (singleton, singleton(token('audit')))
     └─ token('middle') (transient, transient(token('middle')))
        └─ token('tenant') (request, scoped(token('tenant')))
   Make token('audit') live as long as a request (scoped(…), or isSingleton = false), or give token('tenant') to the method that needs it.`)
    expect(error.errors).toMatchObject([{ code: 'DI_CAPTIVE' }])
  })

  test.each([1, 2, 3, 4, 5])('is found %i transients away', async (length) => {
    const chain = Array.from({ length }, (_, index) => token<unknown>(`link ${index}`))
    const links = chain.map((link, index) => transient(link, [chain[index + 1] ?? tenant], () => 1))
    const error = await refusal(
      [singleton(audit, [chain[0]!], () => 1), ...links, perRequest],
      audit,
    )
    expect(error.errors).toMatchObject([{ code: 'DI_CAPTIVE', path: { length: length + 2 } }])
  })

  const store = {
    load: inject([tenant], (name: string) => name),
    dump: inject([optional(tenant)], (name?: string) => name),
  }

  test.each<[string, AnyToken]>([
    ['optional', optional(tenant)],
    ['lazy', lazy(tenant)],
    ['ref', ref(() => tenant)],
    ['all', all(tenant)],
    ['call', call(store, 'load')],
    ['later', later(store, 'dump')],
    ['lazy and optional', lazy(optional(tenant))],
  ])('is found through %s', async (_, asked) => {
    const error = await refusal([singleton(audit, [asked], () => 1), perRequest], audit)
    expect(error.errors.map((problem) => problem.code)).toEqual(['DI_CAPTIVE'])
  })

  test.each<[string, AnyToken]>([
    ['Request', Request],
    ['Hooks', Hooks],
  ])('may be %s, which the request brings', async (_, asked) => {
    const error = await refusal([singleton(audit, [asked], () => 1)], audit)
    expect(error.errors.map((problem) => problem.code)).toEqual(['DI_CAPTIVE'])
  })

  test('is not a transient whose own closure is clean', async () => {
    await accepts([singleton(audit, [middle], () => 1), transient(middle, [], () => 2)], audit)
  })
})

describe('a cycle', () => {
  const a = token<unknown>('a')
  const b = token<unknown>('b')
  const c = token<unknown>('c')

  test('is refused with the ring, and what breaks it', async () => {
    const error = await refusal(
      [scoped(a, [b], () => 1), scoped(b, [c], () => 1), scoped(c, [a], () => 1)],
      a,
    )
    expect(error.message).toBe(`The application cannot be wired: 1 problem.

1. DI_CYCLE (GET /): token('a') needs itself before it exists.
     token('a')
     └─ token('b')
        └─ token('c')
           └─ token('a')
   Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called.`)
  })

  test.each<[string, (asked: typeof b) => AnyToken]>([
    ['a token', (asked) => asked],
    ['optional', (asked) => optional(asked)],
    ['ref', (asked) => ref(() => asked)],
    ['all', (asked) => all(asked)],
    ['call', (asked) => call({ make: inject([asked], (it: unknown) => it) }, 'make')],
  ])('is found through %s', async (_, through) => {
    const error = await refusal([scoped(a, [through(b)], () => 1), scoped(b, [a], () => 1)], a)
    expect(error.errors.map((problem) => problem.code)).toEqual(['DI_CYCLE'])
  })

  test('of singletons is found as well', async () => {
    const error = await refusal([singleton(a, [b], () => 1), singleton(b, [a], () => 1)], a)
    expect(error.errors.map((problem) => problem.code)).toEqual(['DI_CYCLE'])
  })

  test.each<[string, (asked: typeof b) => AnyToken]>([
    ['lazy', (asked) => lazy(asked)],
    ['later', (asked) => later({ make: inject([asked], (it: unknown) => it) }, 'make')],
  ])('is broken by %s', async (_, through) => {
    await accepts([scoped(a, [through(b)], () => 1), scoped(b, [a], () => 1)], a)
  })

  test('of 200 components gives a message under 2 kB', async () => {
    const ring = Array.from({ length: 200 }, (_, index) => token<unknown>(`component ${index}`))
    const components = ring.map((one, index) => scoped(one, [ring[(index + 1) % 200]!], () => 1))
    const error = await refusal(components, ring[0]!)
    expect(error.errors).toHaveLength(1)
    expect(Buffer.byteLength(error.message)).toBeLessThan(2048)
    expect(error.message).toContain("component 0')")
    expect(error.message).toContain('… 189 more …')
  })
})

describe('a body read twice', () => {
  test('is refused, naming both readers', async () => {
    const object = {
      '~standard': { version: 1, vendor: 'test', validate: (it: unknown) => ({ value: it }) },
    } as const
    const error = await refusal([], Body(object), Body({ ...object }))
    expect(error.errors).toMatchObject([
      {
        code: 'DI_BODY_TWICE',
        problem: expect.stringContaining('the body of a request can be read once, but ') as string,
        remedy: 'Ask for the body once, with one schema, and take the parts from it.',
      },
    ])
  })

  test('is not one body asked for twice', async () => {
    const object = {
      '~standard': { version: 1, vendor: 'test', validate: (it: unknown) => ({ value: it }) },
    } as const
    await accepts([], Body(object), Body(object))
  })
})

describe('all mistakes of an application', () => {
  test('come in one error, each with its route, path and remedy, and with notes', async () => {
    class Mailer {}
    class Setings {}
    class Settings {}
    const app = new App({
      components: [
        value(Settings, new Settings()),
        scoped(audit, [Mailer], () => 1),
        scoped(middle, [audit], () => 1),
      ],
      routes: [
        route.get('/audit', [middle], function show() {}),
        route.get('/settings', [Setings], function settings() {}),
      ],
    })
    const error = await app.ready().catch((thrown: unknown) => thrown as DIError)
    expect((error as DIError).message).toBe(`The application cannot be wired: 2 problems.

1. DI_MISSING (GET /audit): nothing provides Mailer, parameter 0 of scoped(token('audit')).
     show
     └─ token('middle')
        └─ token('audit')
           └─ Mailer
   Register it in \`components\`: value(Mailer, …), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable().

2. DI_MISSING (GET /settings): nothing provides Setings, parameter 0 of settings.
     settings
     └─ Setings
   Register it in \`components\`: value(Setings, …), singleton(Setings, …) or scoped(Setings, …); or decorate the class with tsyringe's @singleton() or @injectable(). Did you mean Settings?

Notes:
- value(Settings) provides nothing that a handler asks for.`)
  })

  test('are told once, however many routes share them', async () => {
    class Mailer {}
    const guard = inject([Mailer, Next], async function guard(_mailer, next) {
      return await next()
    })
    const app = new App({
      middleware: [guard],
      routes: ['/a', '/b', '/c'].map((path) => route.get(path, [], function home() {})),
    })
    const error = await app.ready().catch((thrown: unknown) => thrown as DIError)
    expect((error as DIError).errors).toMatchObject([
      { code: 'DI_MISSING', plan: 'GET /a and 2 more' },
    ])
  })

  test('name a class of the same name that is provided', async () => {
    const mine = class Settings {}
    const theirs = class Settings {}
    const error = await refusal([value(mine, new mine())], theirs)
    expect(error.errors[0]!.remedy).toContain(
      'Something else of the same name is provided: is Settings defined or installed twice?',
    )
  })
})
