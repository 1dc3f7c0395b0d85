import { expect, test } from 'vitest'
import { Inject, inject, marker, optional, Parameter, token } from '../../src/di/index.js'
import { Hooks } from '../../src/http/index.js'
import { resolve } from '../../src/testing/resolve.js'

class Redis {
  readonly #rows: readonly string[]

  constructor(...rows: string[]) {
    this.#rows = rows
  }

  async get(index: number): Promise<string | undefined> {
    return this.#rows[index]
  }
}

const dsn = token<string>('dsn')
const Query = (name: string) => marker<string>('Query', name)

class Store {
  readonly prefix: string = 'row:'

  @Inject(Redis, dsn)
  async load(redis: Redis, index: string): Promise<string> {
    return this.prefix + (await redis.get(Number(index)))
  }

  @Inject()
  dump(redis: Redis): Promise<string | undefined> {
    return redis.get(0)
  }

  bare(): string {
    return this.prefix
  }
}

test('a method is called on its object with the values of its tokens, in the order of its parameters', async () => {
  const loaded: string = await resolve(
    [new Store(), 'load'],
    [
      [dsn, '1'],
      [Redis, new Redis('a', 'b')],
    ],
  )
  expect(loaded).toBe('row:b')
})

test('a method may be injected by type, or have no parameters', async () => {
  expect(await resolve([new Store(), 'dump'], [[Redis, new Redis('a')]])).toBe('a')
  expect(await resolve([new Store(), 'bare'], [])).toBe('row:')
})

test('an injected function is called with the values of its tokens', async () => {
  const both = inject([Query('n'), dsn], (n, address) => `${address}?n=${n}`)
  expect(
    await resolve(both, [
      [dsn, 'x'],
      [Query('n'), '5'],
    ]),
  ).toBe('x?n=5')
})

test('markers with different arguments are different tokens', async () => {
  const both = inject([Query('a'), Query('b')], (a, b) => a + b)
  expect(
    await resolve(both, [
      [Query('b'), '2'],
      [Query('a'), '1'],
    ]),
  ).toBe('12')
})

test('falsy values are values', async () => {
  const echo = inject([dsn], (address) => [address])
  expect(await resolve(echo, [[dsn, '']])).toEqual([''])
})

test('of two values for one token the first is used', async () => {
  expect(
    await resolve(inject([dsn], String), [
      [dsn, 'first'],
      [dsn, 'second'],
    ]),
  ).toBe('first')
})

test('an error of the function is thrown unchanged', async () => {
  const error = new TypeError('broken')
  const failing = inject([dsn], () => {
    throw error
  })
  await expect(resolve(failing, [[dsn, 'x']])).rejects.toBe(error)
})

test('a missing value is an error that names the function and the parameter', async () => {
  await expect(resolve([new Store(), 'load'], [[Redis, new Redis()]])).rejects.toThrow(
    new Error(
      `Store.load cannot be called: no value was given for parameter 1, token('dsn'). Add [token('dsn'), …] to the list.`,
    ),
  )
  await expect(resolve([new Store(), 'dump'], [[dsn, 'x']])).rejects.toThrow(
    new Error(
      'Store.dump cannot be called: no value was given for parameter 0, Redis. Add [Redis, …] to the list.',
    ),
  )
})

test('only the given values are used, and nothing that every application provides', async () => {
  const registers = inject([Hooks], (hooks) => hooks.afterHandler(() => {}))
  await expect(resolve(registers, [])).rejects.toThrow(/no value was given for parameter 0, Hooks/)
  const made: unknown[] = []
  const hooks: Hooks = { afterHandler: (hook) => void made.push(hook), afterResponse: () => {} }
  await resolve(registers, [[Hooks, hooks]])
  expect(made).toHaveLength(1)
})

test('an optional value may be missing', async () => {
  const maybe = inject([optional(Redis), optional(dsn)], (redis, address) => [redis, address])
  expect(await resolve(maybe, [[dsn, 'x']])).toEqual([undefined, 'x'])
})

test('the resolver of a component is called with a Parameter made by hand', async () => {
  const component = { resolve: inject([Parameter], (parameter) => parameter.index) }
  const facts = { token: dsn, index: 3, owner: 'show', name: undefined, isOptional: false }
  const parameter = new Parameter({ ...facts, designType: undefined })
  expect(await resolve([component, 'resolve'], [[Parameter, parameter]])).toBe(3)
})
