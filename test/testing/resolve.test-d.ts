import { expectTypeOf, test } from 'vitest'
import { Inject, inject, token } from '../../src/di/index.js'
import { resolve } from '../../src/testing/resolve.js'

class Redis {
  readonly #url = ''
  get url(): string {
    return this.#url
  }
}

const dsn = token<string>('dsn')

class Store {
  readonly name: string = ''

  @Inject(Redis)
  async load(redis: Redis): Promise<number> {
    return redis.url.length
  }
}

test('the result has the type that the function returns, without its promise', () => {
  expectTypeOf(resolve([new Store(), 'load'], [[Redis, new Redis()]])).toEqualTypeOf<
    Promise<number>
  >()
  const length = inject([dsn], (address) => address.length)
  expectTypeOf(resolve(length, [[dsn, 'x']])).toEqualTypeOf<Promise<number>>()
})

test('each value has the type of its token', () => {
  // @ts-expect-error - a number is no Redis
  resolve([new Store(), 'load'], [[Redis, 5]])
  // @ts-expect-error - a number is no string
  resolve(inject([dsn], String), [[dsn, 5]])
})

test('only methods can be called', () => {
  // @ts-expect-error - there is no such method
  resolve([new Store(), 'save'], [])
  // @ts-expect-error - a string is no method
  resolve([new Store(), 'name'], [])
})
