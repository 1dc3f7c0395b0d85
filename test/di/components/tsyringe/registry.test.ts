import 'reflect-metadata'
import {
  container,
  delay,
  inject as tsyringeInject,
  injectable,
  injectAll,
  Lifecycle,
  scoped as tsyringeScoped,
  singleton as tsyringeSingleton,
} from 'tsyringe'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  App,
  Controller,
  Get,
  Next,
  inject,
  optional,
  Query,
  route,
  value,
} from '../../../../src/index.js'
import { refusalOf, withoutSites } from '../../world.js'

// tsyringe has one container for the whole process.
afterEach(() => container.reset())

/** What a handler that asks for the given things answers to one request. */
async function answered(app: App, path = '/'): Promise<string> {
  return await (await app.fetch(new Request(`http://localhost${path}`))).text()
}

class Settings {
  readonly currency: string = 'EUR'
}

describe('an application whose classes are tsyringe’s', () => {
  test('has controllers with classes of the container and values of its own', async () => {
    @injectable()
    class Clock {
      readonly year = 2026
    }
    @tsyringeSingleton()
    class Prices {
      readonly #text: string
      constructor(clock: Clock, settings: Settings, @tsyringeInject('rate') rate: number) {
        this.#text = `${rate} ${settings.currency} in ${clock.year}`
      }
      get text() {
        return this.#text
      }
    }
    @Controller('/prices')
    class PricePages {
      readonly #prices: Prices
      constructor(prices: Prices) {
        this.#prices = prices
      }
      @Get() show(@Query('sku') sku: string) {
        return `${sku}: ${this.#prices.text}`
      }
    }
    container.register('rate', { useValue: 3 })
    const app = new App({ components: [value(Settings, new Settings())], routes: [PricePages] })
    expect(await answered(app, '/prices?sku=tea')).toBe('tea: 3 EUR in 2026')
  })

  test('never asks the container during a request', async () => {
    const built = { singletons: 0, requests: 0, parameters: 0 }
    @tsyringeSingleton()
    class Catalog {
      readonly number = ++built.singletons
    }
    @tsyringeScoped(Lifecycle.ContainerScoped)
    class Basket {
      readonly number = ++built.requests
      readonly catalog: Catalog
      constructor(catalog: Catalog, @tsyringeInject('dsn') _dsn: string) {
        this.catalog = catalog
      }
    }
    @injectable()
    class Line {
      readonly number = ++built.parameters
      readonly basket: Basket
      constructor(basket: Basket, @injectAll('rule') _rules: string[]) {
        this.basket = basket
      }
    }
    container.register('dsn', { useFactory: () => 'postgres:' })
    container.register('rule', { useValue: 'a rule' })
    const show = route.get('/', [Line, Line, Basket], (one, two, basket) =>
      [one.number, two.number, basket.number, one.basket === two.basket].join(),
    )
    const app = new App({ routes: [show] })
    await app.ready()
    const spies = (['resolve', 'resolveAll', 'createChildContainer'] as const).map((name) =>
      vi.spyOn(container, name),
    )
    onTestFinished(() => spies.forEach((spy) => spy.mockRestore()))
    expect(await answered(app)).toBe('1,2,1,true')
    expect(await answered(app)).toBe('3,4,2,true')
    expect(built).toEqual({ singletons: 1, requests: 2, parameters: 4 })
    expect(spies.map((spy) => spy.mock.calls)).toEqual([[], [], []])
  })

  test('shares its singletons with code that asks the container, whoever was first', async () => {
    let built = 0
    @injectable()
    class Part {
      readonly number = ++built
    }
    @tsyringeSingleton()
    class Early {
      readonly part: Part
      constructor(part: Part) {
        this.part = part
      }
    }
    @tsyringeSingleton()
    class Late {
      readonly early: Early
      constructor(early: Early) {
        this.early = early
      }
    }
    const early = container.resolve(Early)
    let given: unknown[] = []
    const show = route.get('/', [Early, Late], (...all) => (given = all).length)
    await answered(new App({ routes: [show] }))
    expect(given).toEqual([early, container.resolve(Late)])
    expect(given[0]).toBe(early)
    expect(given[1]).toBe(container.resolve(Late))
    expect(built).toBe(1)
  })

  test('keeps a singleton for itself when a value of its own is below it', async () => {
    @injectable()
    class Mailer {
      readonly name: string = 'real'
    }
    @tsyringeSingleton()
    class Shop {
      readonly mailer: Mailer
      constructor(mailer: Mailer) {
        this.mailer = mailer
      }
    }
    const fake = Object.assign(new Mailer(), { name: 'fake' })
    const show = route.get('/', [Shop], (shop) => shop.mailer.name)
    const app = new App({ routes: [show], components: [value(Mailer, fake)] })
    expect(await answered(app)).toBe('fake')
    expect(container.resolve(Shop).mailer.name).toBe('real')
    const other = new App({ routes: [show] })
    expect(await answered(other)).toBe('real')
    const copy = other.with([[Mailer, fake]])
    expect(await answered(copy)).toBe('fake')
  })

  test('can be written with optional(…) and in middleware', async () => {
    @tsyringeSingleton()
    class Log {
      readonly lines: string[] = []
    }
    class Nobody {}
    const logging = inject([Log, Next], (log, next) => {
      log.lines.push('seen')
      return next()
    })
    const show = route.get('/', [Log, optional(Nobody)], (log, nobody) =>
      [...log.lines, typeof nobody].join(),
    )
    expect(await answered(new App({ middleware: [logging], routes: [show] }))).toBe(
      'seen,undefined',
    )
  })
})

describe('ready() refuses', () => {
  test('every name that the container does not hold, at once', async () => {
    const key = Symbol('secret')
    class Plugin {}
    @tsyringeSingleton()
    class Db {
      constructor(
        @tsyringeInject('dsn') _dsn: string,
        @tsyringeInject(key) _secret: string,
        @injectAll('rule') _rules: string[],
        @injectAll(Plugin) _plugins: Plugin[],
      ) {}
    }
    const error = await refusalOf(
      new App({ routes: [route.get('/', [Db], function show() {})] }).ready(),
    )
    expect(withoutSites(error.message)).toBe(`The application cannot be wired: 4 problems.

1. DI_MISSING (GET /): nothing provides @inject('dsn'), parameter 0 of new Db.
     show
     └─ Db
        └─ @inject('dsn')
   Register it in tsyringe's container before the application is made: container.register('dsn', …).

2. DI_MISSING (GET /): nothing provides @inject(Symbol(secret)), parameter 1 of new Db.
     show
     └─ Db
        └─ @inject(Symbol(secret))
   Register it in tsyringe's container before the application is made: container.register(Symbol(secret), …).

3. DI_MISSING (GET /): nothing provides @injectAll('rule'), parameter 2 of new Db.
     show
     └─ Db
        └─ @injectAll('rule')
   Register it in tsyringe's container before the application is made: container.register('rule', …).

4. DI_MISSING (GET /): nothing provides @injectAll(Plugin), parameter 3 of new Db.
     show
     └─ Db
        └─ @injectAll(Plugin)
   Register it in tsyringe's container before the application is made: container.register(Plugin, …).`)
  })

  test('a name that is registered too late: plans are made with the application', async () => {
    @injectable()
    class Db {
      readonly dsn: string
      constructor(@tsyringeInject('late dsn') dsn: string) {
        this.dsn = dsn
      }
    }
    const routes = [route.get('/', [Db], (db) => db.dsn)]
    const early = new App({ routes })
    container.register('late dsn', { useValue: 'postgres:' })
    await expect(early.ready()).rejects.toMatchObject({ errors: [{ code: 'DI_MISSING' }] })
    expect(await answered(new App({ routes }))).toBe('postgres:')
  })

  test('a class that is neither registered nor decorated, wherever a parameter names it', async () => {
    let built = 0
    class Stranger {
      readonly number = ++built
    }
    @injectable()
    class Friend {
      readonly stranger: Stranger
      constructor(stranger: Stranger) {
        this.stranger = stranger
      }
    }
    @tsyringeSingleton()
    class Waiting {
      constructor(@tsyringeInject(delay(() => Stranger)) _stranger: Stranger) {}
    }
    const asking = [Stranger, Friend, Waiting].map((one) => inject([one], function show() {}))
    for (const handler of asking) {
      const { errors } = await refusalOf(
        new App({ routes: [route.get('/', handler as () => void)] }).ready(),
      )
      expect(errors).toMatchObject([{ code: 'DI_MISSING' }])
      expect(errors[0]!.path.at(-1)).toContain('Stranger')
    }
    expect(built).toBe(0)
  })

  test('a value that the container would make with a class that is neither registered nor decorated', async () => {
    let built = 0
    class Stranger {
      readonly number = ++built
    }
    @injectable()
    class Friend {
      readonly stranger: Stranger
      constructor(stranger: Stranger) {
        this.stranger = stranger
      }
    }
    abstract class Plugin {}
    container.register(Plugin as unknown as new () => Plugin, { useClass: Friend })
    @tsyringeSingleton()
    class Host {
      constructor(
        @tsyringeInject(delay(() => Friend)) _friend: Friend,
        @injectAll(Plugin as unknown as new () => Plugin) _plugins: Plugin[],
      ) {}
    }
    const error = await refusalOf(
      new App({
        routes: [route.get('/', [Host], function show() {})],
        components: [value(Stranger, new Stranger())],
      }).ready(),
    )
    expect(built).toBe(1)
    expect(withoutSites(error.message)).toBe(`The application cannot be wired: 2 problems.

1. DI_MISSING (GET /): nothing provides @inject(delay(() => Friend)), parameter 0 of new Host.
     show
     └─ Host
        └─ @inject(delay(() => Friend))
   The container makes it without the values of \`components\`, and Stranger below it is not known there: container.register(Stranger, …) before the application is made.

2. DI_MISSING (GET /): nothing provides @injectAll(Plugin), parameter 1 of new Host.
     show
     └─ Host
        └─ @injectAll(Plugin)
   The container makes it without the values of \`components\`, and Stranger below it is not known there: container.register(Stranger, …) before the application is made.

Notes:
- value(Stranger) provides nothing that a handler asks for.`)
  })

  test('an erased type beside what only tsyringe understands', async () => {
    interface Options {
      readonly size: number
    }
    @tsyringeSingleton()
    class Cache {
      constructor(@tsyringeInject('dsn') _dsn: string, _options: Options, _name: string) {}
    }
    container.register('dsn', { useValue: 'redis:' })
    const { errors } = await refusalOf(
      new App({ routes: [route.get('/', [Cache], function show() {})] }).ready(),
    )
    expect(errors.map(({ code, problem }) => [code, problem.slice(0, 80)])).toEqual([
      [
        'DI_ERASED',
        'parameter 1 of new Cache cannot be injected: its type is erased to Object: an in',
      ],
      [
        'DI_ERASED',
        'parameter 2 of new Cache cannot be injected: its type is string (or an enum of s',
      ],
    ])
  })

  test('a class that was not there yet beside what only tsyringe understands', async () => {
    class Cache {
      readonly dsn: string
      constructor(dsn: string, _later: Settings) {
        this.dsn = dsn
      }
    }
    // As a compiler writes it when modules import each other.
    Reflect.defineMetadata('design:paramtypes', [String, undefined], Cache)
    tsyringeInject('dsn')(Cache, undefined, 0)
    tsyringeSingleton()(Cache)
    container.register('dsn', { useValue: 'redis:' })
    const { errors } = await refusalOf(
      new App({ routes: [route.get('/', [Cache], function show() {})] }).ready(),
    )
    expect(errors.map(({ code, problem }) => [code, problem])).toEqual([
      [
        'DI_ERASED',
        'parameter 1 of new Cache cannot be injected: its type was not there yet when the class was defined: modules that import each other, or a class declared further down.',
      ],
    ])
  })

  test('a factory of the container that throws, with its error as the cause', async () => {
    @tsyringeSingleton()
    class Db {
      constructor(@tsyringeInject('dsn') _dsn: string) {}
    }
    container.register('dsn', {
      useFactory: () => {
        throw new RangeError('no environment')
      },
    })
    const { errors } = await refusalOf(
      new App({ routes: [route.get('/', [Db], function show() {})] }).ready(),
    )
    expect(errors).toMatchObject([{ code: 'DI_CONSTRUCTION' }])
    expect(errors[0]!.cause).toMatchObject({ message: expect.stringContaining('no environment') })
  })
})

describe('delay(() => Class)', () => {
  test('gives a stand-in in a request as well', async () => {
    @tsyringeSingleton()
    class Clock {
      readonly year = 2026
    }
    @tsyringeScoped(Lifecycle.ResolutionScoped)
    class Page {
      readonly clock: Clock
      constructor(@tsyringeInject(delay(() => Clock)) clock: Clock) {
        this.clock = clock
      }
    }
    const app = new App({ routes: [route.get('/', [Page], (page) => `${page.clock.year}`)] })
    expect(await answered(app)).toBe('2026')
  })
})
