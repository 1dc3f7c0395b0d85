import { describe, expect, test } from 'vitest'
import {
  callable,
  inject,
  Inject,
  marker,
  scoped,
  token,
  value,
  type Marker,
} from '../../../src/di/index.js'
import * as decorated from '../fixtures/decorated.js'
import { injectSuite } from './inject-suite.js'
import { World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const Query = (name: string): Marker<string> => marker('Query', name)

class Db {
  readonly #url = 'postgres'
  get url(): string {
    return this.#url
  }
}

describe('@Inject under legacy decorators', () => {
  injectSuite(decorated)

  test('without tokens reads the types of the parameters', async () => {
    const { Carts, Clock } = decorated
    const world = await World.of([new Carts(), 'byType'], {
      components: [value(Clock, new Clock())],
    })
    expect(world.run()).toBe(12)
  })

  test('reads the types of a static method and of a constructor too', async () => {
    @Inject()
    class Accounts {
      readonly url: string
      constructor(db: Db) {
        this.url = db.url
      }
      @Inject()
      static create(db: Db): string {
        return `created in ${db.url}`
      }
    }
    const components = [value(Db, new Db())]
    const created = await World.of([Accounts, 'create'], { components })
    expect(created.run()).toBe('created in postgres')
    const built = await World.of(
      inject([Accounts], ({ url }) => url),
      { components },
    )
    expect(built.run()).toBe('postgres')
  })
})

test('tokens come first, then the parameter’s decorator, then its type', async () => {
  class Page {
    @Inject(A, B)
    listed(@Query('one') one: string, two: Db | string): unknown[] {
      return [one, two]
    }
    @Inject()
    marked(@Query('one') one: Db, two: Db): unknown[] {
      return [one, two]
    }
  }
  const db = new Db()
  const components = [
    value(A, 'a'),
    value(B, 'b'),
    value(Db, db),
    scoped(Query('one'), [], () => 'one'),
  ]
  const run = async (method: 'listed' | 'marked') => {
    const world = await World.of([new Page(), method], { components })
    return world.run()
  }
  expect(await run('listed')).toEqual(['a', 'b'])
  expect(await run('marked')).toEqual(['one', db])
})

test('a marker decorates the parameters of a constructor', async () => {
  @Inject()
  class Page {
    readonly texts: readonly unknown[]
    constructor(db: Db, @Query('one') one: string) {
      this.texts = [db.url, one]
    }
  }
  const world = await World.of(
    inject([Page], ({ texts }) => texts),
    { components: [value(Db, new Db()), value(Query('one'), 'one')] },
  )
  expect(world.run()).toEqual(['postgres', 'one'])
})

test('@Inject on anything but a method or a class is refused', () => {
  const decorate = Inject(A) as (...values: unknown[]) => void
  const field = { kind: 'field', name: 'x' }
  class Page {}
  const message = '@Inject() decorates methods, classes and parameters, not fields or accessors'
  for (const given of [
    [undefined, field],
    [Page.prototype, 'x'],
    [Page.prototype, 'x', { get: () => 1 }],
    [Page, 'x'],
    [
      { get: () => 1, set: () => {} },
      { kind: 'accessor', name: 'x' },
    ],
    [() => 1, { kind: 'getter', name: 'x' }],
  ]) {
    expect(() => decorate(...given), String(given[1])).toThrow(new TypeError(message))
  }
})

test('inject(…) gives the function itself, which a test calls with plain values', () => {
  const greet = (name: string) => `hello ${name}`
  const injected = inject([A], greet)
  expect(injected).toBe(greet)
  expect(injected('kim')).toBe('hello kim')
})

test('a callable may name its tokens and itself', async () => {
  const plain = (...values: unknown[]) => values
  const named = callable(plain, { tokens: [A, B], name: 'GET /cart' })
  expect([named.name, named.kind, named.tokens]).toEqual(['GET /cart', 'function', [A, B]])
  expect(callable(() => 1).name).toBe('an anonymous function')
  expect(callable([new Db(), 'toString']).name).toBe('Db.toString')
  expect(callable([Db, 'toString']).receiverClass).toBe(Db)
})

test('a pair whose second is no method is refused', () => {
  expect(() => callable([new Db(), 'url'])).toThrow(new TypeError('Db.url is not a method'))
  expect(() => callable([Db, 'nothing'])).toThrow(new TypeError('Db.nothing is not a method'))
})
