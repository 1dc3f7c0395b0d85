import { describe, expect, test } from 'vitest'
import {
  all,
  call,
  inject,
  later,
  lazy,
  optional,
  forwardRef,
  Resolver,
  scoped,
  singleton,
  token,
  transient,
  type AnyToken,
  type Component,
  type Consumable,
  type NamedToken,
} from '../../../src/di/index.js'
import { Hooks, refusal, World } from '../world.js'

const Kept = token<string>('kept')
const User = token<string>('user')
const Url = token<string>('url')
const user = scoped(User, [], () => 'kim')
const handler = inject([Kept], (kept) => kept)

type Way = (wanted: AnyToken, index: number) => [below: AnyToken, ...links: Component[]]

/** Ways from one value to another that is made with it, however indirectly. */
const ways: Record<string, Way> = {
  transient: (wanted, index) => linked(wanted, index),
  ref: (wanted, index) =>
    linked(
      forwardRef(() => wanted),
      index,
    ),
  optional: (wanted, index) => linked(optional(wanted), index),
  lazy: (wanted, index) => linked(lazy(wanted), index),
  'lazy(optional)': (wanted, index) => linked(lazy(optional(wanted)), index),
  all: (wanted, index) => linked(all(wanted as NamedToken<unknown>), index),
  'lazy(all)': (wanted, index) => linked(lazy(all(wanted as NamedToken<unknown>)), index),
  call: (wanted) => [call(loading(wanted), 'load')],
  later: (wanted) => [later(loading(wanted), 'load')],
}

function loading(wanted: AnyToken): { load(): number } {
  return { load: inject([wanted] as readonly AnyToken[], () => 1) }
}

function linked(wanted: AnyToken, index: number): [AnyToken, Component] {
  const link = token<number>(`link ${index}`)
  return [link, transient(link, [wanted], () => index)]
}

/** `Kept`, and below it so many links of one kind that end at `User`. */
function chain(way: Way, length: number): Component[] {
  let wanted: AnyToken = User
  const components: Component[] = []
  for (let index = 0; index < length; index++) {
    const [above, ...links] = way(wanted, index)
    wanted = above
    components.push(...links)
  }
  return [...components, singleton(Kept, [wanted], () => 'kept')]
}

describe('a singleton that would keep a value of one request', () => {
  test('is refused with the whole way to the value, and what to do', async () => {
    const Mailer = token<string>('mailer')
    const error = await refusal(handler, {
      components: [
        user,
        singleton(Kept, [Mailer], (mailer) => mailer),
        transient(Mailer, [User], (name) => name),
      ],
    })
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_CAPTIVE: the singleton token('kept') would keep the first request's token('user') for ever.
     token('kept') (singleton, singleton(token('kept')))
     └─ token('mailer') (transient, transient(token('mailer')))
        └─ token('user') (request, scoped(token('user')))
   Make token('kept') live as long as a request (scoped(…), or isSingleton = false), or give token('user') to the method that needs it.`,
    )
  })

  describe.each([1, 2, 3, 4, 5])('through a chain of %i', (length) => {
    test.each(Object.entries(ways))('of %s', async (_name, way) => {
      const codes = async (end: Component) => {
        const components = [...chain(way, length), end]
        const world = new World(handler, { components })
        return world.injector.ready().then(
          () => 'ready',
          (error) =>
            error.errors.map((one: { code: string; path: string[] }) => [
              one.code,
              one.path.length,
            ]),
        )
      }
      expect(await codes(user)).toEqual([['DI_CAPTIVE', length + 2]])
      expect(await codes(singleton(User, [], () => 'everyone'))).toBe('ready')
    })
  })

  test('is refused when it asks for what only a request has', async () => {
    for (const [wanted, name] of [
      [Url, `token('url')`],
      [Hooks, 'Hooks'],
      [Resolver, 'Resolver'],
    ] as const) {
      const error = await refusal(handler, {
        input: Url,
        components: [singleton(Kept, [wanted], () => 'kept')],
      })
      expect(error.errors.map((problem) => problem.path)).toEqual([
        [`token('kept') (singleton, singleton(token('kept')))`, `${name} (request)`],
      ])
    }
  })

  test('is refused wherever it stands: below a request value, or behind lazy', async () => {
    const components = [user, singleton(Kept, [User], (name) => name)]
    const Page = token<string>('page')
    const below = await refusal(
      inject([Page], (page) => page),
      { components: [...components, scoped(Page, [Kept], (kept) => kept)] },
    )
    expect(below.errors.map(({ code }) => code)).toEqual(['DI_CAPTIVE'])
    const behind = await refusal(
      inject([lazy(all(Kept))], (kept) => kept),
      { components },
    )
    expect(behind.errors.map(({ code }) => code)).toEqual(['DI_CAPTIVE'])
  })

  test('is reported for each of a ring of singletons', async () => {
    const error = await refusal(handler, {
      components: [
        user,
        singleton(Kept, [lazy(Url), User], () => 'kept'),
        singleton(Url, [lazy(Kept)], () => 'url'),
      ],
    })
    expect(error.errors.map(({ path }) => path[0])).toEqual([
      `token('kept') (singleton, singleton(token('kept')))`,
      `token('url') (singleton, singleton(token('url')))`,
    ])
  })

  test('is reported once for each singleton that keeps it', async () => {
    const error = await refusal(handler, {
      components: [
        user,
        singleton(Kept, [Url], (url) => url),
        singleton(Url, [User], (name) => name),
      ],
    })
    expect(error.errors.map(({ path }) => path.map((step) => step.replace(/ .*/, '')))).toEqual([
      [`token('kept')`, `token('url')`, `token('user')`],
      [`token('url')`, `token('user')`],
    ])
  })
})

describe('values that need each other before any of them exists', () => {
  const [A, B, C] = [token<string>('a'), token<string>('b'), token<string>('c')]

  test('are refused with the ring, and what to do', async () => {
    const error = await refusal(
      inject([A], (a) => a),
      {
        components: [scoped(A, [B], (b) => b), scoped(B, [C], (c) => c), scoped(C, [A], (a) => a)],
      },
    )
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_CYCLE (GET /): token('a') needs itself before it exists.
     token('a')
     └─ token('b')
        └─ token('c')
           └─ token('a')
   Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called.`,
    )
  })

  test.each([
    ['request values', scoped],
    ['singletons', singleton],
    ['transients', transient],
  ])('are found among %s', async (_name, provide) => {
    const error = await refusal(
      inject([A], (a) => a),
      {
        components: [provide(A, [B], (b) => b), provide(B, [A], (a) => a)],
      },
    )
    expect(error.errors.map(({ path }) => path)).toEqual([
      [`token('a')`, `token('b')`, `token('a')`],
    ])
  })

  test('are found through ref, optional, all and a value that needs itself', async () => {
    for (const wanted of [A, forwardRef(() => A), optional(A), all(A)]) {
      const error = await refusal(
        inject([A], (a) => a),
        {
          components: [scoped(A, [wanted], () => 'a')],
        },
      )
      expect(error.errors.map(({ path }) => path)).toEqual([[`token('a')`, `token('a')`]])
    }
  })

  test('are found through planned calls, and through the class of a planned call', async () => {
    const store = { load: inject([A], (a: string) => a) }
    const through = await refusal(
      inject([A], (a) => a),
      {
        components: [scoped(A, [call(store, 'load')], (loaded) => loaded)],
      },
    )
    expect(through.errors.map(({ path }) => path)).toEqual([
      [`token('a')`, 'Object.load()', `token('a')`],
    ])
    class Store {
      load(): string {
        return ''
      }
    }
    const ofClass = await refusal(
      inject([A], (a) => a),
      {
        components: [
          scoped(A, [call(Store, 'load')], (loaded) => loaded),
          scoped(Store, [A], () => new Store()),
        ],
      },
    )
    expect(ofClass.errors.map(({ path }) => path)).toEqual([
      [`token('a')`, 'Store.load()', 'Store', `token('a')`],
    ])
  })

  test('are legal when one is deferred by lazy or later', async () => {
    const store = { load: inject([A], (a: string) => `loaded ${a}`) }
    const Load = token<() => unknown>('load')
    const world = await World.of(
      inject([A, Load], (a, load) => [a, load()]),
      {
        components: [
          scoped(A, [lazy(C), lazy(Load)], (c, load) => typeof c + typeof load),
          scoped(C, [A], (a) => `c${a}`),
          scoped(Load, [later(store, 'load')], (load) => load),
        ],
      },
    )
    expect(world.run()).toEqual(['functionfunction', 'loaded functionfunction'])
  })

  test('are legal among transients when one is deferred', async () => {
    const world = await World.of(
      inject([A], (a) => a),
      {
        components: [
          transient(A, [lazy(B)], (b) => (typeof b === 'function' ? 'a' : '')),
          transient(B, [A], (a) => a),
        ],
      },
    )
    expect(world.run()).toBe('a')
  })

  test('make a message below 2 kB however many they are', async () => {
    const ring = Array.from({ length: 200 }, (_, index) => token<number>(`number ${index}`))
    const components = ring.map((one, index) =>
      scoped(one, [ring[(index + 1) % ring.length]!], (below) => below),
    )
    const error = await refusal(
      inject([ring[0]!], (one) => one),
      { components },
    )
    expect(error.errors.map(({ path }) => path.length)).toEqual([201])
    expect(error.message.length).toBeLessThan(2000)
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_CYCLE (GET /): token('number 0') needs itself before it exists.
     token('number 0')
     └─ token('number 1')
        └─ token('number 2')
           └─ token('number 3')
              └─ token('number 4')
                 └─ token('number 5')
                    └─ … 189 more …
                       └─ token('number 195')
                          └─ token('number 196')
                             └─ token('number 197')
                                └─ token('number 198')
                                   └─ token('number 199')
                                      └─ token('number 0')
   Take one of them out of the ring, or defer it: lazy(X) gives a function that makes X when called.`,
    )
  })

  test('are reported once, whichever routes reach them', async () => {
    const world = new World(
      inject([A], (a) => a),
      {
        components: [scoped(A, [B], (b) => b), scoped(B, [A], (a) => a)],
      },
    )
    world.add(
      'GET /other',
      inject([B], (b) => b),
    )
    await expect(world.injector.ready()).rejects.toMatchObject({
      errors: [{ code: 'DI_CYCLE', route: 'GET /' }],
    })
  })
})

describe('two components that use up the same thing', () => {
  const body: Consumable = {
    code: 'DI_BODY_TWICE',
    problem: (labels) => `the body can be read once, but ${labels.join(' and ')} each read it.`,
    remedy: 'Ask for the body once.',
  }
  const reader = (one: NamedToken<string>): Component => ({
    consumes: body,
    canHandleParameter: (parameter) => parameter.token === one,
    resolve: () => 'body',
  })
  const Text = token<string>('text')
  const Form = token<string>('form')

  test('are refused in one plan, with both names', async () => {
    const error = await refusal(
      inject([Text, lazy(Form)], function add() {}),
      {
        components: [reader(Text), reader(Form)],
        name: 'POST /cart',
      },
    )
    expect(error.message).toBe(
      `The application cannot be wired: 1 problem.

1. DI_BODY_TWICE (POST /cart): the body can be read once, but token('text') and token('form') each read it.
     add
     └─ token('text'), token('form')
   Ask for the body once.`,
    )
  })

  test('are fine in two plans, and one plan may use one of them twice', async () => {
    const world = new World(
      inject([Text, Text], (...values) => values),
      {
        components: [reader(Text), reader(Form)],
      },
    )
    const other = world.add(
      'POST /form',
      inject([Form], (form) => form),
    )
    await world.injector.ready()
    expect([world.run(), other.run([])]).toEqual([['body', 'body'], 'body'])
  })
})
