import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import {
  App,
  Controller,
  Get,
  Inject,
  inject,
  lazy,
  Next,
  Param,
  Post,
  Query,
  Resolver,
  route,
  scoped,
  sessions,
  SessionView,
  MemoryStore,
  singleton,
  singletonClass,
  token,
  transient,
  UserSessions,
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

/** Replaces a method by one that hands on what it is given, as logging and tracing decorators do. */
function Log(_target: object, _name: string, descriptor: PropertyDescriptor): PropertyDescriptor {
  const fn = descriptor.value as (...given: unknown[]) => unknown
  return {
    ...descriptor,
    value(this: unknown, ...given: unknown[]): unknown {
      return `logged ${String(Reflect.apply(fn, this, given))}`
    },
  }
}

/** Binds a method to its instance, through a getter. */
function Bound(_target: object, _name: string, { value: fn }: PropertyDescriptor) {
  return {
    configurable: true,
    get(this: object): () => void {
      return (fn as () => void).bind(this)
    },
  }
}

describe('a route whose method another decorator replaces', () => {
  @Controller('/pages')
  class Pages {
    @Log
    @Get('/above')
    @Inject(Query('n'))
    above(n: string): string {
      return n
    }
    @Get('/below')
    @Log
    @Post('/below')
    below(@Query('n') n: string): string {
      return n
    }
    @Log
    @Get('/types')
    types(clock: Clock): string {
      return clock.name
    }
  }
  @Controller('/more')
  class More extends Pages {
    override types(): string {
      return 'none'
    }
  }

  test('stays, with its parameters [C5]', async () => {
    const app = new App({ components: [value(Clock, new Clock('c'))], routes: [Pages, More] })
    expect(await text(app, '/pages/above?n=1')).toBe('logged 1')
    expect(await text(app, '/pages/below?n=2')).toBe('logged 2')
    const posted = new Request('http://localhost/pages/below?n=3', { method: 'POST' })
    expect(await (await app.fetch(posted)).text()).toBe('logged 3')
    expect(await text(app, '/pages/types')).toBe('logged c')
    expect(await text(app, '/more/above?n=4')).toBe('logged 4')
    expect((await app.fetch(new Request('http://localhost/more/types'))).status).toBe(404)
  })

  test('and whose method is a getter is refused, with both lines [C5]', async () => {
    @Controller('/pages')
    class Getters {
      @Bound
      @Get('/bound')
      bound() {}
    }
    const { errors } = await refusalOf(new App({ routes: [Getters] }).ready())
    expect(errors.map(({ problem }) => problem)).toEqual([
      'Getters.bound has a route, but another decorator made it no method.',
    ])
    expect(errors[0]!.remedy).toMatch(
      /^Remove the decorator that stands with @Get\('\/bound'\) at test\/di\/ready-keeps-its-word\.test\.ts:\d+, or let it return a function\.$/,
    )
  })

  test('a controller without any route is refused [C5]', async () => {
    @Controller('/empty')
    class Empty {
      show() {}
    }
    expect(await messageOf(Empty)).toBe(`The application cannot be wired: 1 problem.

1. DI_NO_ROUTE: the controller Empty has no route.
     routes
     └─ Empty
   Decorate a method with @Get(path) or the like; above other decorators of the method, where those put another function in its place.`)
  })
})

describe('a decorator without its parentheses is refused where it stands', () => {
  const bare = (maker: unknown) => maker as MethodDecorator & ClassDecorator

  test.each([
    ['@Get', Get, "write @Get() or @Get('/path')."],
    ['@Post', Post, "write @Post() or @Post('/path')."],
    ['@Inject', Inject, 'write @Inject() there.'],
  ])('%s [C5]', (name, maker, words) => {
    expect(() => {
      class Pages {
        @bare(maker)
        show() {}
      }
      return Pages
    }).toThrow(new TypeError(`${name} on Pages.show lacks its parentheses: ${words}`))
  })

  test('@Controller [C5]', () => {
    expect(() => {
      @bare(Controller)
      class Pages {}
      return Pages
    }).toThrow(
      new TypeError(
        "@Controller on Pages lacks its parentheses: write @Controller() or @Controller('/path').",
      ),
    )
  })

  test('and a path that is no text [C5]', () => {
    expect(() => Get(7 as never)).toThrow(
      new TypeError('The path of @Get() is a text, not of type number.'),
    )
  })
})

describe('no warning is false', () => {
  const notes = (app: App) => app.explain().match(/(?<=note: ).*/g) ?? []

  test('of a component that another stands before, only that is told [C13]', () => {
    const app = new App({
      components: [value(Clock, new Clock('a')), value(Clock, new Clock('b'))],
      routes: [route.get('/', [Clock], ({ name }) => name)],
    })
    expect(notes(app)).toEqual([
      'Clock is provided by value(Clock), which comes first, and by value(Clock), which is not used.',
    ])
  })

  test('of a component that is overridden, or used through a companion or a Resolver [C13]', async () => {
    const app = new App({
      components: [value(Clock, new Clock('a')), sessions(new MemoryStore())],
      routes: [route.get('/', [Clock, UserSessions], ({ name }) => name)],
    })
    expect(notes(app)).toEqual([])
    using _ = app.override(Clock, new Clock('b'))
    expect(notes(app)).toEqual([])

    const view = new App({
      components: [sessions(new MemoryStore())],
      routes: [route.get('/', [SessionView], () => 1)],
    })
    expect(notes(view)).toEqual([])

    const open = new App({
      components: [value(Clock, new Clock('a'))],
      routes: [route.get('/', [Resolver], async (resolver) => (await resolver.get(Clock)).name)],
    })
    expect(notes(open)).toEqual([])
    expect(await text(open)).toBe('a')
  })

  test('while a mistake hides what a handler asks for [C13]', async () => {
    const untyped = ((one: unknown) => one) as (one: never) => unknown
    const app = new App({
      components: [value(Clock, new Clock('a'))],
      routes: [route.get('/', untyped)],
    })
    expect((await refusalOf(app.ready())).warnings).toEqual([])
  })

  test('what nothing asks for is still told [C13]', () => {
    const app = new App({
      components: [value(Clock, new Clock('a')), value(Db, new Db())],
      routes: [route.get('/', [Clock], ({ name }) => name)],
    })
    expect(notes(app)).toEqual(['value(Db) provides nothing that a handler asks for.'])
  })
})

describe('@Inject(Token) before a parameter', () => {
  const dsn = token<string>('dsn')

  test('names the token of a parameter of a constructor, which is then built [C17]', async () => {
    class Accounts {
      readonly dsn: string
      constructor(
        @Inject(dsn) given: string,
        readonly clock: Clock,
      ) {
        this.dsn = given
      }
    }
    const app = new App({
      components: [value(dsn, 'db://local'), value(Clock, new Clock('c'))],
      routes: [route.get('/', [Accounts], (accounts) => `${accounts.dsn} ${accounts.clock.name}`)],
    })
    expect(await text(app)).toBe('db://local c')
  })

  test('names the token of a parameter of a method, beside others [C17]', async () => {
    @Controller()
    class Pages {
      @Get('/:id')
      show(@Inject(dsn) given: string, @Param('id', Number) id: number, @Inject() clock: Clock) {
        return [given, id, clock.name]
      }
      @Inject(Clock)
      listed(@Inject(dsn) given: unknown) {
        return given
      }
    }
    const app = new App({
      components: [value(dsn, 'db://local'), value(Clock, new Clock('c'))],
      routes: [Pages],
    })
    expect(await text(app, '/7')).toBe('["db://local",7,"c"]')
  })

  test('is missed by its name [C17]', async () => {
    class Accounts {
      constructor(@Inject(dsn) readonly given: string) {}
    }
    expect(await messageOf(route.get('/', [Accounts], () => 1))).toBe(
      `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): nothing provides token('dsn'), parameter 0 of new Accounts.
     the handler of GET /
     └─ Accounts
        └─ token('dsn')
   Register it in \`components\`: value(token('dsn'), …), singleton(token('dsn'), …) or scoped(token('dsn'), …).`,
    )
  })

  test('takes one token [C17]', () => {
    const decorate = Inject(Clock, dsn) as unknown as ParameterDecorator
    expect(() => decorate(Clock, undefined, 1)).toThrow(
      new TypeError(
        '@Inject before parameter 1 of new Clock got 2 tokens, but one parameter has one token: @Inject(Token).',
      ),
    )
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
