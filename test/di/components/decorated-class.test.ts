import 'reflect-metadata'
import {
  container,
  injectable,
  Lifecycle,
  scoped as tsyringeScoped,
  singleton as tsyringeSingleton,
} from 'tsyringe'
import { afterEach, describe, expect, test } from 'vitest'
import {
  singletonClass,
  inject,
  Inject,
  noteInjectable,
  scoped,
  singleton,
  token,
  value,
} from '../../../src/di/index.js'
import { refusal, World } from '../world.js'

// tsyringe has one container for the whole process.
afterEach(() => container.reset())

describe('a class that is neither decorated nor registered', () => {
  test('is never built, whatever its constructor takes', async () => {
    let count = 0
    class Plain {
      readonly count = ++count
    }
    const error = await refusal(inject([Plain], () => 1))
    expect(error.errors.map(({ code }) => code)).toEqual(['DI_MISSING'])
    @injectable()
    class Above {
      readonly plain: Plain
      constructor(plain: Plain) {
        this.plain = plain
      }
    }
    const below = await refusal(inject([Above], () => 1))
    expect(below.errors.map(({ path }) => path)).toEqual([
      ['an anonymous function', 'Above', 'Plain'],
    ])
    expect(count).toBe(0)
  })
})

describe('a class decorated by @Inject', () => {
  const User = token<string>('user')

  test('is a singleton, by tokens or by type', async () => {
    @tsyringeSingleton()
    class Clock {}
    @Inject(Clock)
    class ByToken {
      readonly clock: unknown
      constructor(clock: Clock) {
        this.clock = clock
      }
    }
    @Inject()
    class ByType {
      readonly clock: unknown
      constructor(clock: Clock) {
        this.clock = clock
      }
    }
    const world = await World.of(inject([ByToken, ByType, Clock], (...all) => all))
    const [one, two, clock] = world.run() as [ByToken, ByType, Clock]
    expect([one.clock, two.clock]).toEqual([clock, clock])
    expect(one).toBeInstanceOf(ByToken)
    expect(world.run()).toEqual([one, two, clock])
  })

  test('lives as long as tsyringe’s decorator says, when there is one', async () => {
    @Inject(User)
    @tsyringeScoped(Lifecycle.ContainerScoped)
    class Account {
      readonly user: string
      constructor(user: string) {
        this.user = user
      }
    }
    const world = await World.of(
      inject([Account], ({ user }) => user),
      { input: User },
    )
    expect([world.run('kim'), world.run('eve')]).toEqual(['kim', 'eve'])
  })

  test('is found captive when it keeps a request value', async () => {
    @Inject(User)
    class Keeper {
      readonly user: string
      constructor(user: string) {
        this.user = user
      }
    }
    const error = await refusal(
      inject([Keeper], () => 1),
      { input: User },
    )
    expect(error.errors.map(({ code, path }) => [code, path])).toEqual([
      ['DI_CAPTIVE', ['Keeper (singleton, class)', `token('user') (request)`]],
    ])
  })

  test('without a constructor of its own is built with its base’s parameters', async () => {
    class Base {
      readonly user: string
      constructor(user: string) {
        this.user = user
      }
    }
    Inject(User)(Base)
    @Inject()
    class Derived extends Base {}
    const world = await World.of(
      inject([Derived], (derived) => derived),
      { components: [value(User, 'kim')] },
    )
    expect(world.run()).toEqual(new Derived('kim'))
  })

  test('is injectable when another decorator says so: a controller', async () => {
    class Controller {
      show(): string {
        return 'shown'
      }
    }
    noteInjectable(Controller)
    const world = await World.of([Controller, 'show'])
    expect(world.run()).toBe('shown')
  })
})

describe('singletonClass(Class)', () => {
  test('builds a class that needs no decorator, once, with what its constructor asks for', async () => {
    const Url = token<string>('url')
    class Store {
      readonly url: string
      constructor(url: string) {
        this.url = url
      }
    }
    Inject(Url)(Store)
    const world = await World.of(
      inject([Store, Store], (one, two) => [one, one === two]),
      { components: [singletonClass(Store), singleton(Url, [], async () => 'http')] },
    )
    expect(world.run()).toEqual([new Store('http'), true])
  })

  test('says which parameter it cannot fill', async () => {
    class Store {
      readonly url: string
      constructor(url: string, separator = '/') {
        this.url = url + separator
      }
    }
    const error = await refusal(
      inject([Store], function show() {}),
      { components: [singletonClass(Store), scoped(token('x'), [], () => 1)] },
    )
    expect(error.errors.map(({ code, path }) => [code, path])).toEqual([
      ['DI_NO_METADATA', ['show', 'Store', 'parameter 0']],
    ])
  })
})
