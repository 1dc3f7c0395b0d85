import { createHook } from 'node:async_hooks'
import { expect, test } from 'vitest'
import {
  call,
  inject,
  Inject,
  scoped,
  singleton,
  token,
  transient,
  value,
} from '../../../src/di/index.js'
import { Deferred } from '../deferred.js'
import { Failed, World } from '../world.js'

const Settings = token<{ url: string }>('settings')
const Db = token<string>('db')
const Accounts = token<string>('accounts')
const RequestId = token<string>('request id')
const Url = token<string>('url')

test('a synchronous graph returns a plain value and creates no promise', async () => {
  const world = await World.of(
    inject([Accounts, Db, RequestId, Url], (...values) => values.join(' ')),
    {
      input: Url,
      components: [
        value(Settings, { url: 'x' }),
        singleton(Db, [Settings], async (settings) => `db ${settings.url}`),
        scoped(Accounts, [Db, RequestId], (db, id) => `accounts(${db}, ${id})`),
        transient(RequestId, [Url], (url) => `id ${url}`),
      ],
    },
  )
  const counted = countPromises(() => world.run('/cart'))
  expect(counted).toEqual({
    result: 'accounts(db x, id /cart) db x id /cart /cart',
    constructed: 0,
    created: 0,
  })
  expect(countPromises(async () => new Promise(() => {}))).toMatchObject({
    constructed: 1,
    created: 2,
  })
})

/** Counts calls of `Promise`, and the promises that async functions and `then` make without it. */
function countPromises(run: () => unknown) {
  const Original = globalThis.Promise
  let constructed = 0
  let created = 0
  const hook = createHook({
    init(_id, type) {
      if (type === 'PROMISE') created += 1
    },
  })
  globalThis.Promise = class<Value> extends Original<Value> {
    constructor(...values: ConstructorParameters<typeof Original<Value>>) {
      super(...values)
      constructed += 1
    }
  }
  hook.enable()
  try {
    const result = run()
    return { result, constructed, created }
  } finally {
    hook.disable()
    globalThis.Promise = Original
  }
}

test('one promise in the graph makes the result a promise', async () => {
  const world = await World.of(
    inject([Accounts], (accounts) => accounts.length),
    { components: [scoped(Accounts, [], async () => 'four')] },
  )
  const result = world.run()
  expect(result).toBeInstanceOf(Promise)
  expect(await result).toBe(4)
})

test('whatever has a then method is waited for', async () => {
  const thenable = (made: unknown) => ({
    then(resolve: (value: unknown) => void) {
      resolve(made)
    },
  })
  const world = await World.of(
    inject([Accounts], (accounts) => thenable(`handled ${accounts}`)),
    { components: [scoped(Accounts, [], () => thenable('accounts') as Promise<string>)] },
  )
  expect(await world.run()).toBe('handled accounts')
})

test('a request value is made once per run and is the same for all who ask', async () => {
  let count = 0
  const Counter = token<object>('counter')
  const One = token<object>('one')
  const world = await World.of(
    inject([One, Counter, Counter], (...values) => values),
    {
      components: [
        scoped(Counter, [], () => ({ count: ++count })),
        scoped(One, [Counter], (counter) => counter),
      ],
    },
  )
  const [one, two, three] = world.run() as object[]
  expect(one).toBe(two)
  expect(two).toBe(three)
  expect(world.run()).toEqual([{ count: 2 }, { count: 2 }, { count: 2 }])
})

test('a value that nothing asks for is not made', async () => {
  const made: string[] = []
  const world = await World.of(
    inject([Db], (db) => db),
    {
      components: [
        scoped(Db, [], () => 'db'),
        scoped(Accounts, [], () => {
          made.push('accounts')
          return 'accounts'
        }),
      ],
    },
  )
  world.run()
  expect(made).toEqual([])
})

test('two plans that share values do not share slots', async () => {
  const [A, B, C] = [token<string>('a'), token<string>('b'), token<string>('c')]
  const gate = new Deferred<string>()
  const world = await World.of(
    inject([A, B, C], (...values) => values.join()),
    {
      input: Url,
      components: [
        scoped(A, [Url], (url) => `a${url}`),
        scoped(B, [A, Url], async (a, url) => `b${a}${url}${await gate.promise}`),
        scoped(C, [B], (b) => `c${b}`),
      ],
    },
  )
  const other = world.add(
    'GET /other',
    inject([C, Url, A], (...values) => values.join()),
  )
  await world.injector.ready()
  const runs = [world.run(1), other.run([2]), world.run(3), other.run([4])]
  gate.resolve('!')
  expect(await Promise.all(runs)).toEqual([
    'a1,ba11!,cba11!',
    'cba22!,2,a2',
    'a3,ba33!,cba33!',
    'cba44!,4,a4',
  ])
})

test('functions, components and classes take any number of values', async () => {
  const tokens = Array.from({ length: 9 }, (_, index) => token<number>(`n${index}`))
  const numbers = tokens.map((one, index) => scoped(one, [], () => index))
  const Sum = token<number[]>('sum')
  class Sums {
    readonly all: readonly number[]
    constructor(...all: number[]) {
      this.all = all
    }
  }
  for (let length = 0; length <= tokens.length; length++) {
    const wanted = tokens.slice(0, length)
    const Bag = class extends Sums {}
    Inject(...(wanted as [(typeof tokens)[0]]))(Bag)
    const world = await World.of(
      inject(wanted, (...values) => values),
      { components: numbers },
    )
    const expected = Array.from({ length }, (_, index) => index)
    expect(world.run()).toEqual(expected)
    const below = await World.of(
      inject([Sum], (sum) => sum),
      { components: [...numbers, scoped(Sum, wanted, (...values) => values)] },
    )
    expect(below.run()).toEqual(expected)
    const later = await World.of(
      inject([Sum], (sum) => sum),
      { components: [...numbers, scoped(Sum, wanted, async (...values) => values)] },
    )
    expect(await later.run()).toEqual(expected)
  }
})

test('a method is called on its object, and on an instance when its class is named', async () => {
  class Carts {
    readonly #name: string
    constructor(name = 'built by hand') {
      this.#name = name
    }
    @Inject(Db)
    show(db: string): string {
      return `${this.#name}: ${db}`
    }
  }
  const components = [scoped(Db, [], () => 'db')]
  const byObject = await World.of([new Carts('an object'), 'show'], { components })
  expect(byObject.run()).toBe('an object: db')
  const single = await World.of([Carts, 'show'], {
    components: [...components, singleton(Carts, [], () => new Carts('a singleton'))],
  })
  expect(single.run()).toBe('a singleton: db')
  const perRequest = await World.of([Carts, 'show'], {
    components: [...components, scoped(Carts, [Url], (url) => new Carts(url))],
    input: Url,
  })
  expect(perRequest.run('/a')).toBe('/a: db')
  const planned = await World.of(
    inject([call(Carts, 'show')], (shown) => `planned ${shown}`),
    { components: [...components, scoped(Carts, [Url], (url) => new Carts(url))], input: Url },
  )
  expect(planned.run('/b')).toBe('planned /b: db')
})

test('a planned call runs once per request, with or without its class built per request', async () => {
  let calls = 0
  class Store {
    @Inject(Url)
    async load(url: string): Promise<string> {
      calls += 1
      return `loaded ${url}`
    }
  }
  const store = new Store()
  const world = await World.of(
    inject([call(store, 'load'), call(store, 'load')], (one, two) => [one, two]),
    { input: Url },
  )
  expect(await world.run('/')).toEqual(['loaded /', 'loaded /'])
  expect(calls).toBe(1)
})

test('an error of any value fails the run, and what comes after it is not run', async () => {
  const error = new Error('no database')
  const ran: string[] = []
  for (const fail of [() => throwing(error), () => Promise.reject(error)]) {
    const world = await World.of(
      inject([Accounts], () => ran.push('handler')),
      {
        components: [
          scoped(Db, [], fail),
          scoped(Accounts, [Db], () => String(ran.push('accounts'))),
        ],
      },
    )
    expect(await world.run()).toEqual(new Failed(error))
    expect(world.reports).toEqual([error])
  }
  expect(ran).toEqual([])
})

test('what a handler throws or rejects with fails the run', async () => {
  const error = new Error('no')
  const throws = await World.of(inject([], () => throwing(error)))
  expect(throws.run()).toEqual(new Failed(error))
  const rejects = await World.of(inject([], () => Promise.reject(error)))
  expect(await rejects.run()).toEqual(new Failed(error))
})

function throwing(error: Error): never {
  throw error
}

test('undefined, null and a function with a then property are values like others', async () => {
  const Anything = token<unknown>('anything')
  const callableThen = Object.assign(() => {}, { then: () => {} })
  for (const given of [undefined, null, 0, '', callableThen]) {
    const world = await World.of(
      inject([Anything], (anything) => ({ anything })),
      { components: [scoped(Anything, [], () => given)] },
    )
    expect(world.run()).toEqual({ anything: given })
  }
})

test('a plan that is not ready says so', () => {
  const world = new World(inject([], () => 1))
  expect(() => world.run()).toThrow(new Error('GET / was run before ready() had planned it'))
})
