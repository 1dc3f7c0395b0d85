import { expect, test } from 'vitest'
import { inject, scoped, token, transient, type Component } from '../../../src/di/index.js'
import { Deferred, settled } from '../deferred.js'
import { Failed, Next, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const C = token<string>('c')

/** Values that say when they begin, and end when the test wants. */
class Stage {
  readonly began: string[] = []
  readonly #gates = new Map<string, Deferred<string>>()

  provide(
    one: typeof A,
    needs: readonly (typeof A)[] = [],
    options: { isExclusive?: boolean } = {},
  ): Component {
    const gate = new Deferred<string>()
    this.#gates.set(one.description, gate)
    const begin = () => {
      this.began.push(one.description)
      return gate.promise
    }
    return scoped(one, needs, begin, options)
  }

  async end(name: string): Promise<void> {
    this.#gates.get(name)!.resolve(name.toUpperCase())
    await settled()
  }

  async fail(name: string): Promise<void> {
    this.#gates.get(name)!.reject(new Error(name))
    await settled()
  }
}

const joined = inject([A, B, C], (...values) => values.join(''))

test('values that do not need each other are made side by side, whichever ends first', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [stage.provide(A), stage.provide(B), stage.provide(C)],
  })
  const run = world.run()
  expect(stage.began).toEqual(['a', 'b', 'c'])
  for (const name of ['c', 'a', 'b']) await stage.end(name)
  expect(await run).toBe('ABC')
})

test('a value waits for what it needs, and for nothing else of its own', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [stage.provide(A), stage.provide(B, [A]), stage.provide(C)],
  })
  const run = world.run()
  expect(stage.began).toEqual(['a', 'c'])
  await stage.end('c')
  expect(stage.began).toEqual(['a', 'c'])
  await stage.end('a')
  expect(stage.began).toEqual(['a', 'c', 'b'])
  await stage.end('b')
  expect(await run).toBe('ABC')
})

test('a value that is there at once does not keep those after it from running side by side', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [scoped(A, [], () => 'A'), stage.provide(B), stage.provide(C)],
  })
  const run = world.run()
  expect(stage.began).toEqual(['b', 'c'])
  await stage.end('c')
  await stage.end('b')
  expect(await run).toBe('ABC')
})

test('transients run side by side as well', async () => {
  const gate = new Deferred<string>()
  let began = 0
  const waiting = transient(A, [], () => {
    began += 1
    return gate.promise
  })
  const world = await World.of(
    inject([A, A], (one, two) => one + two),
    { components: [waiting] },
  )
  const run = world.run()
  expect(began).toBe(2)
  gate.resolve('A')
  expect(await run).toBe('AA')
})

test('the first error is kept, and the others are waited for', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [stage.provide(A), stage.provide(B), stage.provide(C)],
  })
  const run = world.run() as Promise<unknown>
  let isOver = false
  void run.then(() => (isOver = true))
  await stage.fail('b')
  await stage.fail('a')
  expect(isOver).toBe(false)
  await stage.end('c')
  expect(await run).toEqual(new Failed(new Error('b')))
  expect(world.reports).toEqual([new Error('b')])
})

test('an error that is thrown at once keeps the rest from starting', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [
      stage.provide(A),
      scoped(B, [], () => {
        throw new Error('b')
      }),
      stage.provide(C),
    ],
  })
  const run = world.run()
  expect(stage.began).toEqual(['a'])
  await stage.end('a')
  expect(await run).toEqual(new Failed(new Error('b')))
})

test('an exclusive value never runs beside another', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    components: [
      stage.provide(A),
      stage.provide(B, [], { isExclusive: true }),
      stage.provide(C, [], { isExclusive: true }),
    ],
  })
  const run = world.run()
  expect(stage.began).toEqual(['a'])
  await stage.end('a')
  expect(stage.began).toEqual(['a', 'b'])
  await stage.end('b')
  expect(stage.began).toEqual(['a', 'b', 'c'])
  await stage.end('c')
  expect(await run).toBe('ABC')
})

test('what a middleware made earlier does not keep the handler’s values apart', async () => {
  const stage = new Stage()
  const world = await World.of(joined, {
    middleware: [inject([Next, A], (next) => next())],
    components: [stage.provide(A), stage.provide(B, [A]), stage.provide(C)],
  })
  const run = world.run()
  expect(stage.began).toEqual(['a'])
  await stage.end('a')
  expect(stage.began).toEqual(['a', 'b', 'c'])
  await stage.end('b')
  await stage.end('c')
  expect(await run).toBe('ABC')
})
