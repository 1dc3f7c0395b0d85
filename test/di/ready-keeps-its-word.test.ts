import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import {
  App,
  Inject,
  inject,
  lazy,
  Next,
  Resolver,
  route,
  scoped,
  singleton,
  singletonClass,
  token,
  transient,
  value,
  type Routes,
} from '../../src/index.js'
import { refusalOf, withoutSites } from './world.js'

class Clock {
  constructor(readonly name = 'its own') {}
}
class Db {}

const text = async (app: App, path = '/') => {
  const response = await app.fetch(new Request(`http://localhost${path}`))
  return response.text()
}
const messageOf = async (...routes: Routes) =>
  withoutSites((await refusalOf(new App({ routes }).ready())).message)

describe('a constructor gets every value that explain shows', () => {
  const clock = value(Clock, new Clock('injected'))
  const of = (Class: new (...given: never[]) => { readonly clock: Clock }) => [
    singletonClass(Class),
    scoped(Class, [lazy(Class)], (make) => make()),
  ]

  test.each([0, 1, 2, 3, 4])('after %i values, in place of a default [C1]', async (before) => {
    const others = Array.from({ length: before }, () => Db)
    const classes = [
      class {
        readonly clock: Clock
        constructor(clock: Clock = new Clock()) {
          this.clock = clock
        }
      },
      class {
        readonly clock: Clock
        constructor(_a: Db, clock: Clock = new Clock()) {
          this.clock = clock
        }
      },
      class {
        readonly clock: Clock
        constructor(_a: Db, _b: Db, clock: Clock = new Clock()) {
          this.clock = clock
        }
      },
      class {
        readonly clock: Clock
        constructor(_a: Db, _b: Db, _c: Db, clock: Clock = new Clock()) {
          this.clock = clock
        }
      },
      class {
        readonly clock: Clock
        constructor(_a: Db, _b: Db, _c: Db, _d: Db, clock: Clock = new Clock()) {
          this.clock = clock
        }
      },
    ]
    const Class = classes[before]!
    Reflect.apply(Inject(...([...others, Clock] as unknown as [typeof Db])), undefined, [Class])
    const show = ({ clock: used }: { readonly clock: Clock }) => used.name
    const app = new App({
      components: [clock, value(Db, new Db()), of(Class)[0]!],
      routes: [route.get('/', [Class], show)],
    })
    expect(app.explain('GET /')).toContain('Clock   singleton')
    expect(await text(app)).toBe('injected')
  })

  test('as a rest, too [C1]', async () => {
    @Inject(Db, Clock, Clock)
    class Clocks {
      readonly clocks: readonly Clock[]
      constructor(_db: Db, ...clocks: Clock[]) {
        this.clocks = clocks
      }
    }
    const app = new App({
      components: [clock, value(Db, new Db())],
      routes: [
        route.get('/', [Clocks], ({ clocks }) => clocks.map(({ name }) => name).join()),
        route.get('/lazy', [lazy(Clocks)], async (make) => String((await make()).clocks.length)),
      ],
    })
    expect(await text(app)).toBe('injected,injected')
    expect(await text(app, '/lazy')).toBe('2')
  })

  test('by the types of its parameters, where a default follows [C1]', async () => {
    @Inject()
    class News {
      constructor(
        readonly db: Db,
        readonly clock: Clock = new Clock(),
      ) {}
    }
    const app = new App({
      components: [clock, value(Db, new Db())],
      routes: [route.get('/', [News], (news) => news.clock.name)],
    })
    expect(await text(app)).toBe('injected')
  })
})

describe('an override reaches what a handler asks a Resolver for', () => {
  const appWith = (...components: ConstructorParameters<typeof App>[0]['components'] & object) =>
    new App({
      components,
      routes: [
        route.get('/', [Resolver], async (resolver) => (await resolver.get(Clock)).name),
        route.get('/run', [Resolver], (resolver) =>
          resolver.run(inject([Clock], ({ name }) => name)),
        ),
        route.get('/both', [Clock, Resolver], async ({ name }, resolver) => {
          return `${name} ${(await resolver.get(Clock)).name}`
        }),
      ],
    })
  const answers = async (app: App) =>
    Promise.all(['/', '/run', '/both'].map((path) => text(app, path)))
  const real = ['real', 'real', 'real real']
  const fake = ['fake', 'fake', 'fake fake']

  test.each([
    ['value', value(Clock, new Clock('real'))],
    ['singleton', singleton(Clock, [], () => new Clock('real'))],
    ['scoped', scoped(Clock, [], () => new Clock('real'))],
    ['transient', transient(Clock, [], () => new Clock('real'))],
  ])('and its undoing: %s [C2]', async (_, component) => {
    const app = appWith(component)
    expect(await answers(app)).toEqual(real)
    const undo = app.override(Clock, new Clock('fake'))
    expect(await answers(app)).toEqual(fake)
    const again = app.override(Clock, new Clock('second'))
    expect(await answers(app)).toEqual(['second', 'second', 'second second'])
    again[Symbol.dispose]()
    expect(await answers(app)).toEqual(fake)
    undo[Symbol.dispose]()
    expect(await answers(app)).toEqual(real)
  })

  test('when the application is made ready only then [C2]', async () => {
    const app = appWith(value(Clock, new Clock('real')))
    const undo = app.override(Clock, new Clock('fake'))
    await app.ready()
    undo[Symbol.dispose]()
    expect(await answers(app)).toEqual(real)
  })

  test('below a component, and for a token that no handler names [C2]', async () => {
    const name = token<string>('name')
    const greeting = token<string>('greeting')
    const app = new App({
      components: [
        value(name, 'real'),
        scoped(greeting, [Resolver], async (resolver) => `I am ${await resolver.get(name)}`),
      ],
      routes: [route.get('/', [greeting], (words) => words)],
    })
    {
      using _ = app.override(name, 'fake')
      expect(await text(app)).toBe('I am fake')
    }
    expect(await text(app)).toBe('I am real')
    expect(await text(app.with([[name, 'copied']]))).toBe('I am copied')
    expect(await text(app)).toBe('I am real')
  })
})

describe('a function that takes whatever it is given', () => {
  const logged =
    (fn: (...given: never[]) => unknown) =>
    (...given: never[]) =>
      fn(...given)
  const show = (clock: Clock) => clock.name
  const WHY =
    'it takes whatever it is given, as a wrapper `(...args) => fn(...args)` does, so that nothing says what to inject.'

  test('is a mistake of ready(), with the line to write [C4]', async () => {
    expect(await messageOf(route.get('/x', logged(show)))).toBe(
      `The application cannot be wired: 1 problem.

1. DI_NO_METADATA (GET /x): the parameters of the handler of GET /x are unknown: ${WHY}
     the handler of GET /x
     └─ (...)
   Name its token: inject([Token, …], fn), or route.get(path, [Token, …], fn); the list is [] for a function without parameters.`,
    )
  })

  test.each([
    ['an asynchronous arrow', async (...given: never[]) => show(...(given as [never]))],
    [
      'a function',
      function wrapper(...given: never[]) {
        return given
      },
    ],
    [
      'a function with a comment',
      function wrapper(/* all of (them) */ ...given: never[]) {
        return given
      },
    ],
    [
      'a method',
      {
        wrapper(...given: never[]) {
          return given
        },
      }.wrapper,
    ],
    [
      'one that hands on its arguments',
      function wrapper() {
        return show.apply(undefined, arguments as never)
      },
    ],
    [
      'one that spreads its arguments',
      function wrapper() {
        return show(...(arguments as unknown as [never]))
      },
    ],
  ])('is found as %s [C4]', async (_, handler) => {
    const wrapped: readonly (() => App)[] = [
      () => new App({ routes: [route.get('/', handler)] }),
      () => new App({ routes: [route.post('/', handler, { middleware: [] })] }),
      () => new App({ middleware: [handler], routes: [route.get('/', () => 1)] }),
      () => new App({ routes: [route.get('/', () => 1, { middleware: [handler] })] }),
      () =>
        new App({
          components: [scoped(Clock, handler as () => never)],
          routes: [route.get('/', [Clock], () => 1)],
        }),
      () =>
        new App({
          components: [
            { canHandleParameter: ({ token: wanted }) => wanted === Clock, resolve: handler },
          ],
          routes: [route.get('/', [lazy(Clock)], () => 1)],
        }),
    ]
    for (const make of wrapped) {
      const { errors } = await refusalOf(make().ready())
      expect(errors.map(({ code, path }) => [code, path.at(-1)])).toEqual([
        ['DI_NO_METADATA', '(...)'],
      ])
    }
  })

  test('is found as a constructor, unless it hands on to a base class that says more [C4]', async () => {
    class Anything {
      readonly given: readonly unknown[]
      constructor(...given: unknown[]) {
        this.given = given
      }
    }
    @Inject(Clock)
    class Base {
      constructor(readonly clock: Clock) {}
    }
    class Mixed extends Base {
      // oxlint-disable-next-line typescript/no-useless-constructor -- what a mixin is
      constructor(...given: [Clock]) {
        super(...given)
      }
    }
    const of = (Class: new (...given: never[]) => object) =>
      new App({
        components: [singletonClass(Class), value(Clock, new Clock('mixed'))],
        routes: [route.get('/', [Class], (made) => Object.values(made))],
      })
    const { errors } = await refusalOf(of(Anything).ready())
    expect(errors.map(({ problem }) => problem)).toEqual([
      `the parameters of new Anything are unknown: ${WHY}`,
    ])
    expect(await text(of(Mixed))).toBe('[{"name":"mixed"}]')
  })

  test('works with a list, and what takes nothing works without one [C4]', async () => {
    const app = new App({
      components: [value(Clock, new Clock('listed'))],
      routes: [
        route.get('/', [Clock], logged(show) as typeof show),
        route.get('/inject', inject([Clock], logged(show) as typeof show)),
        route.get('/none', [], logged(() => 'none') as () => string),
        // A call in the body is not a parameter.
        route.get('/call', () => Math.max(...[1, 2].values())),
        route.get('/words', () => 'fn.apply(this, arguments)'),
      ],
    })
    const paths = ['/', '/inject', '/none', '/call', '/words']
    expect(await Promise.all(paths.map((path) => text(app, path)))).toEqual([
      'listed',
      'listed',
      'none',
      '2',
      'fn.apply(this, arguments)',
    ])
  })
})

test('a middleware that is a wrapper is told like a handler [C4]', async () => {
  const timed =
    (fn: (next: Next) => unknown) =>
    (...given: [Next]) =>
      fn(...given)
  const { errors } = await refusalOf(
    new App({ middleware: [timed((next) => next())], routes: [route.get('/', () => 1)] }).ready(),
  )
  expect(errors.map(({ code }) => code)).toEqual(['DI_NO_METADATA'])
})
