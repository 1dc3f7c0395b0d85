import 'reflect-metadata'
import {
  container,
  delay,
  inject as tsyringeInject,
  injectable,
  injectAll,
  injectAllWithTransform,
  injectWithTransform,
  Lifecycle,
  scoped as tsyringeScoped,
  singleton as tsyringeSingleton,
} from 'tsyringe'
import { afterEach, describe, expect, test } from 'vitest'
import { inject, Inject, token, value, type ClassToken } from '../../../src/di/index.js'
import { refusal, World } from '../world.js'

// tsyringe has one container for the whole process.
afterEach(() => container.reset())

/** What a handler gets that asks for a class. */
async function given<Value>(target: ClassToken<Value>): Promise<Value> {
  const world = await World.of(inject([target], (made) => made))
  return world.run() as Value
}

describe('a class decorated for tsyringe', () => {
  test('as @singleton() is built once, and container.resolve gives the same one', async () => {
    @injectable()
    class Clock {}
    @tsyringeSingleton()
    class Catalog {
      readonly clock: Clock
      constructor(clock: Clock) {
        this.clock = clock
      }
    }
    @tsyringeSingleton()
    class Shop {
      readonly catalog: Catalog
      constructor(catalog: Catalog) {
        this.catalog = catalog
      }
    }
    const world = await World.of(inject([Shop, Catalog, Shop], (...all) => all))
    const [shop, catalog, again] = world.run() as [Shop, Catalog, Shop]
    expect(shop).toBeInstanceOf(Shop)
    expect(again).toBe(shop)
    expect(world.run()).toEqual([shop, catalog, shop])
    expect(shop.catalog).toBe(catalog)
    expect(catalog.clock).toBeInstanceOf(Clock)
    expect(container.resolve(Shop)).toBe(shop)
    expect(container.resolve(Catalog)).toBe(catalog)
  })

  test('as @singleton() gets what the application provides for its parameters', async () => {
    class Settings {
      readonly name = 'ours'
    }
    @tsyringeSingleton()
    class Catalog {
      readonly settings: Settings
      constructor(settings: Settings) {
        this.settings = settings
      }
    }
    const settings = new Settings()
    const world = await World.of(
      inject([Catalog], (catalog) => catalog),
      { components: [value(Settings, settings)] },
    )
    expect((world.run() as Catalog).settings).toBe(settings)
  })

  test('as @injectable() is built for each parameter, once, also without parameters', async () => {
    let count = 0
    @injectable()
    class Plain {
      readonly count = ++count
    }
    @injectable()
    class Mailer {
      readonly plain: Plain
      constructor(plain: Plain) {
        this.plain = plain
      }
    }
    const world = await World.of(inject([Mailer, Mailer, Plain], (...all) => all))
    const [one, two, plain] = world.run() as [Mailer, Mailer, Plain]
    expect(one).toBeInstanceOf(Mailer)
    expect([one.plain.count, two.plain.count, plain.count]).toEqual([1, 2, 3])
  })

  test('as @scoped() is built once per request, with request values', async () => {
    const User = token<string>('user')
    for (const lifecycle of [Lifecycle.ContainerScoped, Lifecycle.ResolutionScoped] as const) {
      @tsyringeScoped(lifecycle)
      @Inject(User)
      class Account {
        readonly user: string
        constructor(user: string) {
          this.user = user
        }
      }
      const world = await World.of(
        inject([Account, Account], (one, two) => [one, one === two]),
        { input: User },
      )
      expect(world.run('kim')).toEqual([new Account('kim'), true])
      expect(world.run('eve')).toEqual([new Account('eve'), true])
    }
  })

  test('below a singleton is built once for each of its parameters', async () => {
    let count = 0
    @injectable()
    class Part {
      readonly count = ++count
    }
    class Ours {}
    @tsyringeSingleton()
    class Whole {
      readonly parts: readonly Part[]
      constructor(one: Part, two: Part, _ours: Ours) {
        this.parts = [one, two]
      }
    }
    const world = await World.of(
      inject([Whole], (whole) => whole.parts.map((part) => part.count)),
      { components: [value(Ours, new Ours())] },
    )
    expect(world.run()).toEqual([1, 2])
    expect(count).toBe(2)
  })

  test('gives way to what the application provides', async () => {
    @tsyringeSingleton()
    class Catalog {
      readonly name: string = 'built'
    }
    const fake = Object.assign(new Catalog(), { name: 'given' })
    const world = await World.of(
      inject([Catalog], (catalog) => catalog.name),
      { components: [value(Catalog, fake)] },
    )
    expect(world.run()).toBe('given')
  })
})

describe('what only tsyringe understands in a constructor', () => {
  test('@inject("name") and @inject(Symbol) get what the container holds', async () => {
    const key = Symbol('dsn')
    @tsyringeSingleton()
    class Db {
      readonly all: readonly unknown[]
      constructor(
        @tsyringeInject('url') url: string,
        @tsyringeInject(key) dsn: string,
        @tsyringeInject('nobody', { isOptional: true }) nobody?: string,
      ) {
        this.all = [url, dsn, nobody]
      }
    }
    container.register('url', { useValue: 'http' })
    container.register(key, { useFactory: () => 'postgres' })
    const world = await World.of(inject([Db], (db) => db.all))
    expect(world.run()).toEqual(['http', 'postgres', undefined])
  })

  test('@inject(Class) is linked in the application like any class', async () => {
    class Settings {}
    const settings = new Settings()
    @injectable()
    class Db {
      readonly settings: unknown
      constructor(@tsyringeInject(Settings) ours: unknown) {
        this.settings = ours
      }
    }
    const world = await World.of(
      inject([Db], (db) => db.settings),
      { components: [value(Settings, settings)] },
    )
    expect(world.run()).toBe(settings)
  })

  test('@injectAll and transforms work, with ours beside them', async () => {
    class Plugin {
      readonly name: string
      constructor(name: string) {
        this.name = name
      }
    }
    class Names {
      transform(plugins: Plugin | Plugin[]): string {
        return [plugins]
          .flat()
          .map(({ name }) => name)
          .join()
      }
    }
    class Ours {}
    @tsyringeSingleton()
    class Host {
      readonly all: readonly unknown[]
      constructor(
        @injectAll(Plugin) plugins: Plugin[],
        @injectWithTransform(Plugin, Names) name: string,
        @injectAllWithTransform(Plugin, Names) names: string,
        ours: Ours,
      ) {
        this.all = [plugins.map((plugin) => plugin.name), name, names, ours]
      }
    }
    container.registerSingleton(Host)
    container.register(Plugin, { useValue: new Plugin('one') })
    container.register(Plugin, { useValue: new Plugin('two') })
    const ours = new Ours()
    const world = await World.of(
      inject([Host], (host) => host.all),
      { components: [value(Ours, ours)] },
    )
    expect(world.run()).toEqual([['one', 'two'], 'two', 'one,two', ours])
  })

  test('delay(() => Class) gives a stand-in for a class that needs this one', async () => {
    @tsyringeSingleton()
    class Chicken {
      readonly egg: { readonly hatches: string }
      constructor(@tsyringeInject(delay(() => Egg)) egg: { hatches: string }) {
        this.egg = egg
      }
    }
    @tsyringeSingleton()
    class Egg {
      readonly chicken: Chicken
      readonly hatches = 'a chicken'
      constructor(chicken: Chicken) {
        this.chicken = chicken
      }
    }
    const world = await World.of(inject([Chicken, Egg], (chicken, egg) => [chicken, egg]))
    const [chicken, egg] = world.run() as [Chicken, Egg]
    expect(egg.chicken).toBe(chicken)
    expect(chicken.egg.hatches).toBe('a chicken')
    expect(container.resolve(Egg)).toBe(egg)
  })

  test('a name that the container does not know is refused, with what to do', async () => {
    @tsyringeSingleton()
    class Db {
      constructor(@tsyringeInject('url') _url: string) {}
    }
    const error = await refusal(inject([Db], function show() {}))
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): nothing provides @inject('url'), parameter 0 of new Db.
     show
     └─ Db
        └─ @inject('url')
   Register it in tsyringe's container before the application is made: container.register('url', …).`,
    )
  })
})

describe('a class registered with tsyringe’s container', () => {
  abstract class Store {
    abstract readonly name: string
  }
  const asToken = Store as unknown as new () => Store

  test('as useValue or useFactory is what the container gives', async () => {
    const made = { name: 'value' }
    container.register(asToken, { useValue: made })
    expect(await given(Store)).toBe(made)
    let count = 0
    container.register(asToken, { useFactory: () => ({ name: `factory ${++count}` }) })
    const world = await World.of(inject([Store, Store], (one, two) => [one.name, two.name]))
    expect(world.run()).toEqual(['factory 1', 'factory 1'])
    expect(world.run()).toEqual(['factory 1', 'factory 1'])
  })

  test('as useClass is an instance of that class, with what our application provides', async () => {
    class Settings {
      readonly path = '/var'
    }
    @injectable()
    class FileStore extends Store {
      readonly name: string
      constructor(settings: Settings) {
        super()
        this.name = settings.path
      }
    }
    container.register(asToken, { useClass: FileStore })
    const world = await World.of(
      inject([Store], (store) => store),
      { components: [value(Settings, new Settings())] },
    )
    expect(world.run()).toBeInstanceOf(FileStore)
    expect((world.run() as Store).name).toBe('/var')
    expect(world.run()).not.toBe(world.run())
  })

  test('as useClass with an undecorated class is built as well: the registration names it', async () => {
    class MemoryStore extends Store {
      readonly name = 'memory'
    }
    container.register(asToken, { useClass: MemoryStore })
    expect(await given(Store)).toBeInstanceOf(MemoryStore)
  })

  test('as useToken of a class that nobody provides is told by that registration', async () => {
    class Unknown {}
    container.register(asToken, { useToken: Unknown })
    const error = await refusal(inject([Store], (store) => store))
    expect(error.errors.map(({ problem, path }) => [problem, path])).toEqual([
      [
        'nothing provides Unknown, parameter 0 of container.register(Store).',
        ['an anonymous function', 'Store', 'Unknown'],
      ],
    ])
  })

  test('keeps the lifetime of its registration', async () => {
    @injectable()
    class FileStore extends Store {
      readonly name = 'file'
    }
    container.registerSingleton(asToken, FileStore)
    const world = await World.of(inject([Store, Store], (...stores) => stores))
    const [one, two] = world.run() as [Store, Store]
    expect(one).toBe(two)
    expect(world.run()).toEqual([one, one])
    expect((world.run() as Store[])[0]).toBe(one)
    expect(container.resolve(asToken)).toBe(one)
    container.reset()
    container.register(asToken, { useClass: FileStore }, { lifecycle: Lifecycle.ContainerScoped })
    const scopedWorld = await World.of(inject([Store, Store], (...stores) => stores))
    const [three, four] = scopedWorld.run() as [Store, Store]
    expect(three).toBe(four)
    expect((scopedWorld.run() as Store[])[0]).not.toBe(three)
  })

  test('as useToken is whatever that token is', async () => {
    class MemoryStore extends Store {
      readonly name = 'memory'
    }
    container.register(asToken, { useToken: MemoryStore })
    const mine = new MemoryStore()
    const world = await World.of(
      inject([Store], (store) => store),
      { components: [value(MemoryStore, mine)] },
    )
    expect(world.run()).toBe(mine)
    container.register('store', { useValue: mine })
    container.register(asToken, { useToken: 'store' })
    expect(await given(Store)).toBe(mine)
  })

  test('and undecorated itself is built by its registration', async () => {
    class Plain {}
    container.register(Plain, { useClass: Plain })
    expect(await given(Plain)).toBeInstanceOf(Plain)
  })
})
