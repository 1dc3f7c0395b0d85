import { expect, test } from 'vitest'
import {
  all,
  call,
  inject,
  Inject,
  later,
  lazy,
  optional,
  Resolver,
  scoped,
  singleton,
  token,
  transient,
  type Component,
} from '../../../src/di/index.js'
import { Deferred, settled } from '../deferred.js'
import { Hooks, Failed, World } from '../world.js'

const A = token<string>('a')
const B = token<string>('b')
const C = token<string>('c')
const Count = token<number>('count')

/** Makes 1, then 2, and so on. */
function counter(provide: (make: () => number) => Component): Component {
  let count = 0
  return provide(() => ++count)
}

test('a lazy value is made on the first call, and shared with all who ask', async () => {
  const world = await World.of(
    inject([lazy(Count), lazy(Count)], (one, two) => [one(), one(), two()]),
    { components: [counter((make) => scoped(Count, [], make))] },
  )
  expect(world.run()).toEqual([1, 1, 1])
  expect(world.run()).toEqual([2, 2, 2])
})

test('a lazy value that is not called for is not made', async () => {
  const made: string[] = []
  const world = await World.of(
    inject([lazy(A)], () => made),
    {
      components: [scoped(A, [B], (b) => b), scoped(B, [], () => String(made.push('b')))],
    },
  )
  expect(world.run()).toEqual([])
})

test('a lazy value in the making is shared, and is there at once when it was made', async () => {
  const gate = new Deferred<string>()
  let calls = 0
  const world = await World.of(
    inject([lazy(A), lazy(A)], async (one, two) => {
      const both = await Promise.all([one(), two()])
      return [...both, one()]
    }),
    {
      components: [
        scoped(A, [], () => {
          calls += 1
          return gate.promise
        }),
      ],
    },
  )
  const run = world.run()
  gate.resolve('a')
  expect(await run).toEqual(['a', 'a', 'a'])
  expect(calls).toBe(1)
})

test('a value that is both lazy and plain is made once, with its transients', async () => {
  const Id = token<number>('id')
  const world = await World.of(
    inject([lazy(Count), Count, Id], (one, two, id) => [one(), two, id]),
    {
      components: [
        scoped(Count, [Id], (id) => id * 10),
        counter((make) => transient(Id, [], make)),
      ],
    },
  )
  expect(world.run()).toEqual([10, 10, 2])
})

test('each lazy parameter has a transient of its own, made once', async () => {
  const world = await World.of(
    inject([lazy(Count), lazy(Count)], (one, two) => [one(), one(), two(), two()]),
    { components: [counter((make) => transient(Count, [], make))] },
  )
  expect(world.run()).toEqual([1, 1, 2, 2])
  const single = await World.of(
    inject([A], (a) => a),
    {
      components: [
        counter((make) => transient(Count, [], make)),
        singleton(A, [lazy(Count)], async (count) => `${await count()}${await count()}`),
      ],
    },
  )
  expect(single.run()).toBe('11')
})

test('lazy(all(…)) shares its values with the plan and is checked like the rest', async () => {
  const components = [
    counter((make) => scoped(Count, [], make)),
    singleton(Count, [], async () => 100),
  ]
  const world = await World.of(
    inject([lazy(all(Count)), Count], (counts, count) => [counts(), count]),
    { components },
  )
  expect(world.run()).toEqual([[1, 100], 1])
})

test('an optional value may be lazy, and missing', async () => {
  const world = await World.of(
    inject([lazy(optional(A)), optional(lazy(A))], (one, two) => [one(), two?.()]),
  )
  expect(world.run()).toEqual([undefined, undefined])
})

test('an error of a lazy value is thrown to each caller, and the value is not made again', async () => {
  const error = new Error('no')
  for (const fail of [() => throwing(error), () => Promise.reject(error)]) {
    let calls = 0
    const world = await World.of(
      inject([lazy(A)], async (a) => [await caught(a), await caught(a)]),
      {
        components: [
          scoped(A, [], () => {
            calls += 1
            return fail()
          }),
        ],
      },
    )
    expect(await world.run()).toEqual([error, error])
    expect(calls).toBe(1)
  }
})

async function caught(make: () => unknown): Promise<unknown> {
  try {
    return await make()
  } catch (error) {
    return error
  }
}

function throwing(error: Error): never {
  throw error
}

test('a value that throws at once waits for those that run beside it, and no rejection is unhandled', async () => {
  const unhandled: unknown[] = []
  const onUnhandled = (error: unknown) => void unhandled.push(error)
  process.on('unhandledRejection', onUnhandled)
  const gate = new Deferred<string>()
  const first = new Error('first')
  const world = await World.of(
    inject([lazy(C)], (c) => c()),
    {
      components: [
        scoped(A, [], () => gate.promise),
        scoped(B, [], () => throwing(first)),
        scoped(C, [A, B], (...values) => values.join()),
      ],
    },
  )
  const run = world.run()
  await settled()
  gate.reject(new Error('second'))
  expect(await run).toEqual(new Failed(first))
  await settled()
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

test('what a lazy value needs is made side by side, and the error that came first is kept', async () => {
  const [one, two] = [new Deferred<string>(), new Deferred<string>()]
  const world = await World.of(
    inject([lazy(C)], (c) => c()),
    {
      components: [
        scoped(A, [], () => one.promise),
        scoped(B, [], () => two.promise),
        scoped(C, [A, B], (...values) => values.join()),
      ],
    },
  )
  const run = world.run()
  two.reject(new Error('first'))
  await settled()
  one.reject(new Error('second'))
  expect(await run).toEqual(new Failed(new Error('first')))
})

test('what a lazy value needs is made one by one when some of it is exclusive', async () => {
  const [one, two] = [new Deferred<string>(), new Deferred<string>()]
  const began: string[] = []
  const world = await World.of(
    inject([lazy(C)], (c) => c()),
    {
      components: [
        scoped(A, [], () => (began.push('a'), one.promise)),
        scoped(B, [], () => (began.push('b'), two.promise), { isExclusive: true }),
        scoped(C, [A, B], (...values) => values.join()),
      ],
    },
  )
  const run = world.run()
  expect(began).toEqual(['a'])
  one.resolve('A')
  await settled()
  expect(began).toEqual(['a', 'b'])
  two.resolve('B')
  expect(await run).toBe('A,B')
})

test('two values that call for each other while they are made throw instead of hanging', async () => {
  const world = await World.of(
    inject([A], (a) => a),
    {
      components: [
        scoped(A, [lazy(B)], (b) => String(b())),
        scoped(B, [lazy(A)], (a) => String(a())),
      ],
    },
  )
  expect(world.run()).toEqual(
    new Failed(new Error(`token('a') was asked for while it is being made`)),
  )
})

test('later(…) runs a method each time it is called, with the values of the request', async () => {
  class Store {
    @Inject(A, Count)
    dump(a: string, count: number): string {
      return `${a} ${count}`
    }
  }
  const world = await World.of(
    inject([later(new Store(), 'dump'), A], (dump, a) => [dump(), dump(), a]),
    {
      components: [scoped(A, [], () => 'a'), counter((make) => scoped(Count, [], make))],
    },
  )
  expect(world.run()).toEqual(['a 1', 'a 1', 'a'])
  expect(world.run()).toEqual(['a 2', 'a 2', 'a'])
})

test('later(…) may need the value its owner makes: dump needs the session it belongs to', async () => {
  class Session {
    readonly text: string
    constructor(text: string) {
      this.text = text
    }
  }
  class Store {
    @Inject(A)
    async load(a: string): Promise<Session> {
      return new Session(`loaded with ${a}`)
    }
    @Inject(Session)
    async dump(session: Session): Promise<string> {
      return `dumped ${session.text}`
    }
  }
  const store = new Store()
  const dumped: string[] = []
  const sessions: Component<Session> = {
    canHandleParameter: (parameter) => parameter.token === Session,
    resolve: inject([call(store, 'load'), later(store, 'dump'), Hooks], (session, dump, hooks) => {
      hooks.afterHandler(async () => void dumped.push(await dump()))
      return session
    }),
  }
  const world = await World.of(
    inject([Session], (session) => session.text),
    { components: [sessions, scoped(A, [], () => 'a')] },
  )
  expect(await world.run()).toBe('loaded with a')
  expect(dumped).toEqual(['dumped loaded with a'])
})

test('a method of a class that is built per request can be called later', async () => {
  class Store {
    readonly #a: string
    constructor(a: string) {
      this.#a = a
    }
    @Inject(Count)
    dump(count: number): string {
      return `${this.#a} ${count}`
    }
  }
  const components = [
    scoped(Store, [A], (a) => new Store(a)),
    scoped(A, [], () => 'a'),
    scoped(Count, [], async () => 1),
  ]
  const world = await World.of(
    inject([later(Store, 'dump')], (dump) => dump()),
    { components },
  )
  expect(await world.run()).toBe('a 1')
})

test('with a Resolver in the plan every value can be had by name, and is still made once', async () => {
  const Id = token<number>('id')
  const world = await World.of(
    inject([Count, Resolver], (count, resolver) => [count, resolver.get(Count)]),
    {
      components: [scoped(Count, [Id], (id) => id), counter((make) => transient(Id, [], make))],
    },
  )
  expect(world.run()).toEqual([1, 1])
})
