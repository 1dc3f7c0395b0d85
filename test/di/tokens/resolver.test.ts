import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  call,
  DIError,
  inject,
  Inject,
  lazy,
  marker,
  optional,
  Resolver,
  scoped,
  singleton,
  token,
  transient,
  value,
  type AnyToken,
  type Component,
} from '../../../src/di/index.js'
import { settled } from '../deferred.js'
import { Hooks, Failed, Next, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const C = token<string>('c')
const Asked = token<AnyToken>('what is asked for')
const Called = token<() => unknown>('what is called')

/** A handler that asks its resolver for whatever the request says. */
const getting = inject([Resolver, Asked], (resolver, wanted) => resolver.get(wanted))
const running = inject([Resolver, Called], (resolver, fn) => resolver.run(fn))

describe('Resolver.get', () => {
  test('gives what a parameter would be given: a plain value, or a promise when something waits', async () => {
    const world = await World.of(getting, {
      input: Asked,
      components: [scoped(A, [], () => 'a'), scoped(B, [A], async (a) => `b${a}`), value(C, 'c')],
    })
    expect(world.run(A)).toBe('a')
    expect(world.run(Asked)).toBe(Asked)
    // Nothing else reached the singleton, so it is built now.
    expect(await world.run(C)).toBe('c')
    expect(world.run(C)).toBe('c')
    expect(await world.run(B)).toBe('ba')
    expect(world.run(optional(token('nobody')))).toBeUndefined()
    expect((world.run(lazy(A)) as () => unknown)()).toBe('a')
    const store = { load: inject([A], (a: string) => `loaded ${a}`) }
    expect(world.run(call(store, 'load'))).toBe('loaded a')
  })

  test('shares the values of the request, whoever made them first', async () => {
    let count = 0
    const Counter = token<number>('counter')
    const Below = token<number>('below')
    const world = await World.of(
      inject([Resolver, Counter, Below], (resolver, counter, below) => [
        counter,
        below,
        resolver.get(Counter),
        resolver.get(Below),
        resolver.get(C),
      ]),
      {
        components: [
          scoped(Counter, [], () => ++count),
          scoped(Below, [Counter, Resolver], (counter, resolver) =>
            Number(resolver.get(Counter)) === counter ? counter : -1,
          ),
          scoped(C, [Counter, Below], (...values) => values.join()),
        ],
      },
    )
    expect(world.run()).toEqual([1, 1, 1, 1, '1,1'])
    expect(world.run()).toEqual([2, 2, 2, 2, '2,2'])
  })

  test('makes a value that the plan does not know once per request, also when two ask at once', async () => {
    let count = 0
    const world = await World.of(
      inject([Resolver], async (resolver) => {
        const both = await Promise.all([resolver.get(A), resolver.get(A)])
        return [...both, resolver.get(A), resolver.get(B)]
      }),
      {
        components: [scoped(A, [], async () => `a${++count}`), scoped(B, [A], (a) => `b${a}`)],
      },
    )
    expect(await world.run()).toEqual(['a1', 'a1', 'a1', 'ba1'])
    expect(await world.run()).toEqual(['a2', 'a2', 'a2', 'ba2'])
  })

  test('makes a transient each time', async () => {
    let count = 0
    const world = await World.of(
      inject([Resolver], (resolver) => [resolver.get(A), resolver.get(A)]),
      { components: [transient(A, [], () => `a${++count}`)] },
    )
    expect(world.run()).toEqual(['a1', 'a2'])
  })

  test('builds a singleton that no plan reached, once, and close() disposes it', async () => {
    const log: string[] = []
    const world = await World.of(getting, {
      input: Asked,
      components: [
        singleton(A, [B], (b) => (log.push('make a'), `a${b}`), {
          dispose: () => log.push('dispose a'),
        }),
        singleton(B, [], async () => 'b'),
      ],
    })
    expect(log).toEqual([])
    expect(await Promise.all([world.run(A), world.run(A)])).toEqual(['ab', 'ab'])
    expect(world.run(A)).toBe('ab')
    await world.injector.close()
    expect(log).toEqual(['make a', 'dispose a'])
  })

  test('in a middleware shares values with the handler', async () => {
    let count = 0
    const world = await World.of(
      inject([A], (a) => a),
      {
        middleware: [
          inject([Resolver, Next], async (resolver, next) => [resolver.get(A), await next()]),
        ],
        components: [scoped(A, [], () => `a${++count}`)],
      },
    )
    expect(await world.run()).toEqual(['a1', 'a1'])
  })
})

describe('Resolver.run', () => {
  test('calls an injected function, method or pair with the values of the request', async () => {
    class Carts {
      @Inject(A)
      show(a: string): string {
        return `shown ${a}`
      }
    }
    const world = await World.of(running, {
      input: Called,
      components: [
        scoped(A, [], () => 'a'),
        scoped(B, [A], async (a) => `b${a}`),
        singleton(Carts, [], () => new Carts()),
      ],
    })
    expect(world.run(inject([A], (a) => `ran ${a}`))).toBe('ran a')
    expect(await world.run(inject([A, B], (...values) => values.join()))).toBe('a,ba')
    expect(world.run([new Carts(), 'show'])).toBe('shown a')
    expect(await world.run([Carts, 'show'])).toBe('shown a')
  })

  test('calls it anew each time, and passes its errors on', async () => {
    const error = new Error('no')
    let count = 0
    const counting = inject([], () => ++count)
    const failing = inject([], () => {
      throw error
    })
    const world = await World.of(
      inject([Resolver], (resolver) => {
        const counted = [resolver.run(counting), resolver.run(counting)]
        try {
          void resolver.run(failing)
          return 'nothing was thrown'
        } catch (thrown) {
          return [...counted, thrown]
        }
      }),
    )
    expect(world.run()).toEqual([1, 2, error])
  })

  test('has its hooks run before those of what it needs', async () => {
    const log: string[] = []
    const noting = (name: string) => (hooks: Hooks) => {
      hooks.afterHandler(() => void log.push(name))
      return name
    }
    const world = await World.of(
      inject([Resolver, Hooks, A], (resolver, hooks) => {
        noting('handler')(hooks)
        return resolver.run(inject([Hooks, B, A], noting('run')))
      }),
      { components: [scoped(A, [Hooks], noting('a')), scoped(B, [Hooks, A], noting('b'))] },
    )
    expect(world.run()).toBe('run')
    expect(log).toEqual(['handler', 'run', 'b', 'a'])
  })
})

describe('what a Resolver cannot give', () => {
  test('is thrown by the call, with path and remedy', async () => {
    const world = await World.of(getting, { input: Asked, components: [value(C, 'c')] })
    const { error } = world.run(A) as Failed
    expect(error).toBeInstanceOf(DIError)
    expect((error as DIError).message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_MISSING: nothing provides token('a'), parameter 0 of Resolver.get.
     token('a')
   Register it in \`components\`: value(a, …), singleton(a, …) or scoped(a, …), where a is the constant that is asked for: each token('a') is another.`,
    )
  })

  test('is thrown in full each time, and not kept', async () => {
    const components = [
      scoped(A, [B], (b) => b),
      scoped(C, [lazy(C), A], () => 'c'),
      singleton(B, [token<string>('nobody')], () => 'b'),
    ]
    const world = await World.of(getting, { input: Asked, components })
    const codes = (wanted: AnyToken) =>
      ((world.run(wanted) as Failed).error as DIError).errors.map(({ code, path }) => [
        code,
        path.at(-1),
      ])
    const missing = [['DI_MISSING', `token('nobody')`]]
    expect(codes(A)).toEqual(missing)
    expect(codes(A)).toEqual(missing)
    expect(codes(lazy(C))).toEqual(missing)
    const store = { load: inject([A], (a: string) => a) }
    expect(codes(call(store, 'load'))).toEqual(missing)
    await world.injector.ready()
    world.add(
      'GET /a',
      inject([A], (a) => a),
    )
    await expect(world.injector.ready()).rejects.toMatchObject({ errors: [{ code: 'DI_MISSING' }] })
  })

  test('leaves alone the mistakes that the next ready() has to tell', async () => {
    const world = await World.of(getting, { input: Asked, components: [value(C, 'c')] })
    world.add(
      'GET /broken',
      inject([B], (b) => b),
    )
    expect(await world.run(C)).toBe('c')
    expect((world.run(A) as Failed).error).toMatchObject({ errors: [{ code: 'DI_MISSING' }] })
    await expect(world.injector.ready()).rejects.toMatchObject({
      errors: [{ code: 'DI_MISSING', route: 'GET /broken' }],
    })
  })

  test('may be a cycle, a captive value, or Next', async () => {
    const components = [
      scoped(A, [B], (b) => b),
      scoped(B, [A], (a) => a),
      singleton(C, [Asked], () => 'c'),
    ]
    const world = await World.of(getting, { input: Asked, components })
    const codes = (wanted: AnyToken) =>
      ((world.run(wanted) as Failed).error as DIError).errors.map(({ code }) => code)
    expect([codes(A), codes(C), codes(Next)]).toEqual([
      ['DI_CYCLE'],
      ['DI_CAPTIVE'],
      ['DI_MISSING'],
    ])
  })

  test('may be a function that asks for Next: nothing is left to run after it', async () => {
    const world = await World.of(running, { input: Called })
    const { error } = world.run(inject([Next], function around() {})) as Failed
    expect(error).toMatchObject({ errors: [{ code: 'DI_MISSING', path: ['around', 'Next'] }] })
  })
})

test('functions and tokens that are made in each request are not kept', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const Query: Component<string> = {
    canHandleParameter: ({ token }) => 'kind' in token,
    resolve: () => 'query',
  }
  const freed: unknown[] = []
  const registry = new FinalizationRegistry<string>((name) => freed.push(name))
  const world = await World.of(
    inject([Resolver], (resolver) => {
      const fn = inject([A], (a) => a)
      const wanted = marker<string>('Query', 'page')
      registry.register(fn, 'function')
      registry.register(wanted, 'marker')
      return [resolver.run(fn), resolver.get(wanted)]
    }),
    { components: [Query, transient(A, [], () => 'a')] },
  )
  for (let index = 0; index < 10; index++) expect(world.run()).toEqual(['a', 'query'])
  for (let round = 0; round < 10 && freed.length < 20; round++) {
    collect()
    await settled()
  }
  // The node that is shared by equal markers holds the first of them.
  expect(freed.filter((name) => name === 'function')).toHaveLength(10)
  expect(freed.filter((name) => name === 'marker').length).toBeGreaterThanOrEqual(9)
})

test('what requests ask for is linked once, and not for each', async () => {
  let asked = 0
  const counting: Component = {
    canHandleParameter: ({ token: wanted }) => {
      asked += 1
      return wanted === A
    },
    resolve: () => 'a',
  }
  const world = await World.of(getting, { input: Asked, components: [counting] })
  expect(world.run(A)).toBe('a')
  const first = asked
  for (let count = 0; count < 3; count++) expect(world.run(A)).toBe('a')
  expect(asked).toBe(first)
})
