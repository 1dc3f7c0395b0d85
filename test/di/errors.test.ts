import { describe, expect, test } from 'vitest'
import { App, DIError, inject, Next, route, scoped, token, value } from '../../src/index.js'
import { withoutSites } from './world.js'

/** What `ready()` says of an application. */
async function refusal(app: App): Promise<DIError> {
  const error: unknown = await app.ready().catch((thrown: unknown) => thrown)
  if (!(error instanceof DIError)) throw new TypeError('the application was accepted')
  return error
}

const audit = token<unknown>('audit')
const middle = token<unknown>('middle')

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
    const error = await refusal(app)
    expect(withoutSites(error.message)).toBe(`The application cannot be wired: 2 problems.

1. DI_MISSING (GET /audit): nothing provides Mailer, parameter 0 of scoped(token('audit')).
     show
     └─ token('middle')
        └─ token('audit')
           └─ Mailer
   Register it in \`components\`: value(Mailer, …), singletonClass(Mailer), singleton(Mailer, …) or scoped(Mailer, …); or decorate the class with tsyringe's @singleton() or @injectable().

2. DI_MISSING (GET /settings): nothing provides Setings, parameter 0 of settings.
     settings
     └─ Setings
   Did you mean Settings? Register it in \`components\`: value(Setings, …), singletonClass(Setings), singleton(Setings, …) or scoped(Setings, …); or decorate the class with tsyringe's @singleton() or @injectable().

Notes:
- value(Settings) provides nothing that a handler asks for.`)
  })

  test('are reported once, however many routes share them', async () => {
    class Mailer {}
    const guard = inject([Mailer, Next], async function guard(_mailer: Mailer, next: Next) {
      return await next()
    })
    const app = new App({
      middleware: [guard],
      routes: ['/a', '/b', '/c'].map((path) => route.get(path, [], function home() {})),
    })
    const error = await refusal(app)
    expect(error.errors).toMatchObject([{ code: 'DI_MISSING', route: 'GET /a' }])
    expect(error.errors[0]!.places.map((place) => place.split(', ')[0])).toEqual([
      'GET /a',
      'GET /b',
      'GET /c',
    ])
  })

  test('name a class of the same name that is provided', async () => {
    const mine = class Settings {}
    const theirs = class Settings {}
    const error = await refusal(
      new App({
        components: [value(mine, new mine())],
        routes: [route.get('/', [theirs], () => 1)],
      }),
    )
    expect(error.errors[0]!.remedy).toContain(
      'Something else of the same name is provided: is Settings defined or installed twice?',
    )
  })
})
