import 'reflect-metadata'
import { describe, expect, test } from 'vitest'
import {
  App,
  Controller,
  Get,
  Inject,
  Param,
  Post,
  Query,
  Resolver,
  route,
  sessions,
  SessionView,
  MemoryStore,
  token,
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
      /^Remove the decorator that stands with @Get\('\/bound'\) at test\/di\/decorators-keep-their-word\.test\.ts:\d+, or let it return a function\.$/,
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
   Register it in \`components\`: value(dsn, …), singleton(dsn, …) or scoped(dsn, …), where dsn is the constant that is asked for: each token('dsn') is another.`,
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
