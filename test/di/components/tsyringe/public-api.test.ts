import 'reflect-metadata'
import {
  container,
  injectable,
  Lifecycle,
  scoped as tsyringeScoped,
  singleton as tsyringeSingleton,
} from 'tsyringe'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { inject } from '../../../../src/di/index.js'
import { refusal, World } from '../../world.js'

// A release of tsyringe that keeps both of its internals to itself.
vi.mock('tsyringe/dist/cjs/dependency-container.js', () => ({ typeInfo: undefined }))
vi.mock('tsyringe', async (original) => {
  const real = await original<typeof import('tsyringe')>()
  const methods = ['register', 'resolve', 'isRegistered', 'reset', 'createChildContainer'] as const
  const members = methods.map((name) => [name, real.container[name].bind(real.container)] as const)
  return { ...real, container: Object.fromEntries(members) }
})

// tsyringe has one container for the whole process.
afterEach(() => container.reset())

describe('where tsyringe’s public API is all there is', () => {
  test('a registered singleton is the container’s own', async () => {
    @injectable()
    class Part {}
    @tsyringeSingleton()
    class Shop {
      readonly part: Part
      constructor(part: Part) {
        this.part = part
      }
    }
    const world = await World.of(inject([Shop, Shop], (...shops) => shops))
    const shop = container.resolve(Shop)
    expect(shop.part).toBeInstanceOf(Part)
    const [one, other] = world.run() as Shop[]
    expect(one).toBe(shop)
    expect(other).toBe(shop)
  })

  test('a class that lives as long as a container is made for each request', async () => {
    @tsyringeScoped(Lifecycle.ContainerScoped)
    class Basket {}
    const world = await World.of(inject([Basket, Basket], (...baskets) => baskets))
    const [one, same] = world.run() as Basket[]
    const [other] = world.run() as Basket[]
    expect(one).toBeInstanceOf(Basket)
    expect(one).toBe(same)
    expect(one).not.toBe(other)
  })

  test('a transient class is made for each parameter', async () => {
    class Line {}
    container.register(Line, { useClass: Line })
    const world = await World.of(inject([Line, Line], (one, other) => one === other))
    expect(world.run()).toBe(false)
  })

  test('an abstract class is given what it was registered with', async () => {
    abstract class Plugin {
      abstract readonly name: string
    }
    class Spelling extends Plugin {
      readonly name = 'spelling'
    }
    container.register(Plugin as unknown as new () => Plugin, { useClass: Spelling })
    const world = await World.of(inject([Plugin], (plugin) => plugin.name))
    expect(world.run()).toBe('spelling')
  })

  test('a decorated class that is not registered is refused by ready()', async () => {
    @injectable()
    class Clock {}
    const error = await refusal(inject([Clock], function show() {}))
    expect(error.errors).toMatchObject([{ code: 'DI_MISSING', path: ['show', 'Clock'] }])
  })
})
