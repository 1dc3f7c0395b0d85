import { describe, expect, test } from 'vitest'
import {
  all,
  call,
  singletonClass,
  inject,
  Inject,
  later,
  lazy,
  scoped,
  singleton,
  token,
  transient,
  value,
  type AnyToken,
  type Component,
  type NamedToken,
} from '../../../src/di/index.js'
import { Deferred, settled } from '../deferred.js'
import { refusalOf, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const C = token<string>('c')

/** A singleton that writes down when it is made and disposed. */
function noted(
  log: string[],
  one: NamedToken<string>,
  needs: readonly AnyToken[] = [],
  made: Promise<string> | string = one.description,
): Component {
  const make = () => {
    log.push(`make ${one.description}`)
    return made
  }
  return singleton(one, needs, make, { dispose: (value) => log.push(`dispose ${value}`) })
}

describe('ready()', () => {
  test('builds the singletons that a plan reaches, what they need first, each awaited', async () => {
    const log: string[] = []
    const gate = new Deferred<string>()
    const world = new World(
      inject([C], (c) => c),
      {
        components: [noted(log, C, [B, A]), noted(log, A, [B]), noted(log, B, [], gate.promise)],
      },
    )
    expect(log).toEqual([])
    const ready = world.injector.ready()
    await settled()
    expect(log).toEqual(['make b'])
    gate.resolve('b')
    await ready
    expect(log).toEqual(['make b', 'make a', 'make c'])
    expect([world.run(), world.run()]).toEqual(['c', 'c'])
    expect(log).toHaveLength(3)
  })

  test('builds none that nothing reaches', async () => {
    const log: string[] = []
    await World.of(
      inject([A], (a) => a),
      { components: [noted(log, A), noted(log, B)] },
    )
    expect(log).toEqual(['make a'])
  })

  test('builds what is behind lazy, later, call and all, so that no request waits for it', async () => {
    const log: string[] = []
    const store = {
      load: inject([A], (a: string) => `loaded ${a}`),
      dump: inject([B], (b: string) => `dumped ${b}`),
    }
    const world = await World.of(
      inject([call(store, 'load'), later(store, 'dump'), lazy(all(C))], (loaded, dump, many) => [
        loaded,
        dump(),
        many(),
      ]),
      { components: [noted(log, A), noted(log, B), noted(log, C), value(C, 'other')] },
    )
    expect(log).toEqual(['make a', 'make b', 'make c'])
    expect(world.run()).toEqual(['loaded a', 'dumped b', ['c', 'other']])
  })

  test('builds once, however often it is called, and what later plans add', async () => {
    const log: string[] = []
    const world = new World(
      inject([A], (a) => a),
      { components: [noted(log, A), noted(log, B, [A])] },
    )
    await Promise.all([world.injector.ready(), world.injector.ready()])
    const other = world.add(
      'GET /b',
      inject([B], (b) => b),
    )
    await world.injector.ready()
    expect(log).toEqual(['make a', 'make b'])
    expect(other.run([])).toBe('b')
  })

  test('makes a transient once for each singleton that asks', async () => {
    let count = 0
    const Id = token<number>('id')
    const Nested = token<string>('nested')
    const world = await World.of(
      inject([A, B], (a, b) => [a, b]),
      {
        components: [
          transient(Id, [], async () => ++count),
          transient(Nested, [Id], (id) => `nested ${id}`),
          singleton(A, [Nested, Id], (nested, id) => `${nested}, ${id}`),
          singleton(B, [Id], (id) => `${id}`),
        ],
      },
    )
    expect(world.run()).toEqual(['nested 1, 2', '3'])
  })

  test('gives a singleton lazy and planned functions that work before and after ready()', async () => {
    const store = {
      load: inject([A], async (a: string) => `loaded ${a}`),
      dump: inject([A], (a: string) => `dumped ${a}`),
    }
    const Tools = token<readonly (() => unknown)[]>('tools')
    const log: unknown[] = []
    const world = await World.of(
      inject([Tools, B], (tools) => tools.map((tool) => tool())),
      {
        components: [
          singleton(A, [], async () => 'a'),
          singleton(Tools, [lazy(A), later(store, 'dump')], async (a, dump) => {
            log.push(await a(), await dump())
            return [a, dump]
          }),
          singleton(B, [call(store, 'load')], (loaded) => String(log.push(loaded))),
        ],
      },
    )
    expect(log).toEqual(['a', 'dumped a', 'loaded a'])
    expect(await Promise.all(world.run() as unknown[])).toEqual(['a', 'dumped a'])
  })

  test('builds a class with what its constructor asks for', async () => {
    @Inject(A)
    class Store {
      readonly a: string
      constructor(a: string) {
        this.a = a
      }
    }
    const world = await World.of(
      inject([Store], (store) => store),
      { components: [singletonClass(Store), value(A, 'a')] },
    )
    expect(world.run()).toEqual(new Store('a'))
    expect(world.run()).toBe(world.run())
  })
})

describe('a singleton that cannot be made', () => {
  test('fails ready() with the path to it, and the cause', async () => {
    const cause = new RangeError('no such host')
    const world = new World(
      inject([A], (a) => a),
      {
        components: [
          singleton(A, [B], (b) => b),
          singleton(B, [C], (c) => c),
          singleton(C, [], () => Promise.reject(cause)),
        ],
      },
    )
    const error = await refusalOf(world.injector.ready())
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_CONSTRUCTION: singleton(token('c')) could not make token('c'): it threw RangeError.
     token('a')
     └─ token('b')
        └─ token('c')
   Look at this error's \`cause\`: its message is not repeated here.`,
    )
    expect(error.errors).toMatchObject([{ code: 'DI_CONSTRUCTION' }])
    expect(error.errors[0]!.cause).toBe(cause)
  })

  test('may be made by the next ready(); what was built before is kept, and disposed at last', async () => {
    const log: string[] = []
    let failures = 1
    const world = new World(
      inject([A], (a) => a),
      {
        components: [
          noted(log, B),
          singleton(A, [B], (b) => {
            if (failures-- > 0) throw new Error('not yet')
            return `a${b}`
          }),
        ],
      },
    )
    await refusalOf(world.injector.ready())
    await world.injector.ready()
    expect(world.run()).toBe('ab')
    await world.injector.close()
    expect(log).toEqual(['make b', 'dispose b'])
  })

  test('leaves nothing being built behind its back', async () => {
    const log: string[] = []
    const world = new World(
      inject([all(A)], (many) => many),
      {
        components: [singleton(A, [], () => Promise.reject(new Error('no'))), noted(log, A)],
      },
    )
    await refusalOf(world.injector.ready())
    await settled()
    expect(log).toEqual([])
  })
})

describe('close()', () => {
  test('disposes what was built in reverse, waiting for each', async () => {
    const log: string[] = []
    const gate = new Deferred()
    const world = await World.of(
      inject([C], (c) => c),
      {
        components: [
          noted(log, A),
          singleton(B, [A], () => 'b', {
            dispose: async () => {
              log.push('b begins')
              await gate.promise
              log.push('b ends')
            },
          }),
          noted(log, C, [B]),
        ],
      },
    )
    log.splice(0)
    const closed = world.injector.close()
    await settled()
    expect(log).toEqual(['dispose c', 'b begins'])
    gate.resolve()
    await closed
    expect(log).toEqual(['dispose c', 'b begins', 'b ends', 'dispose a'])
  })

  test('disposes each once, the others when one fails, and joins the errors', async () => {
    const log: string[] = []
    const failing = (one: NamedToken<string>, needs: readonly AnyToken[]) =>
      singleton(one, needs, () => one.description, {
        dispose: () => Promise.reject(new Error(one.description)),
      })
    const world = await World.of(
      inject([C], (c) => c),
      {
        components: [noted(log, A), failing(B, [A]), failing(C, [B])],
      },
    )
    await expect(world.injector.close()).rejects.toMatchObject({
      message: '2 singletons could not be disposed',
      errors: [new Error('c'), new Error('b')],
    })
    expect(log).toEqual(['make a', 'dispose a'])
    await world.injector.close()
    expect(log).toEqual(['make a', 'dispose a'])
  })

  test('leaves request values and given values alone', async () => {
    const log: string[] = []
    const world = await World.of(
      inject([A, B], (a, b) => a + b),
      {
        components: [
          value(A, 'a'),
          scoped(B, [], () => 'b', { dispose: () => log.push('dispose b') }),
        ],
      },
    )
    world.run()
    await world.injector.close()
    expect(log).toEqual([])
  })

  test('during ready() waits for what is being made, disposes it, and builds no more', async () => {
    const log: string[] = []
    const gate = new Deferred<string>()
    const world = new World(
      inject([B], (b) => b),
      { components: [noted(log, A, [], gate.promise), noted(log, B, [A])] },
    )
    const ready = world.injector.ready()
    await settled()
    const closed = world.injector.close()
    gate.resolve('a')
    await expect(ready).rejects.toThrow(new Error('The application was closed.'))
    await closed
    expect(log).toEqual(['make a', 'dispose a'])
  })

  test('is the end: it cannot be made ready again', async () => {
    const world = await World.of(inject([], () => 1))
    await world.injector.close()
    await expect(world.injector.ready()).rejects.toThrow(new Error('The application was closed.'))
  })
})
