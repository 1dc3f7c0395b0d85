import 'reflect-metadata'
import { Cluster, Redis } from 'ioredis'
import { injectable } from 'tsyringe'
import {
  all,
  App,
  Body,
  call,
  Controller,
  CookieStore,
  Cookies,
  CsrfToken,
  csrfTokenGuard,
  Exchange,
  forwardRef,
  Get,
  Hooks,
  Inject,
  inject,
  lazy,
  marker,
  MemoryStore,
  Next,
  optional,
  Param,
  Parameter,
  Query,
  Reply,
  route,
  scoped,
  Session,
  sessionIfAvailable,
  sessions,
  SessionView,
  singleton,
  singletonClass,
  token,
  transient,
  UserSessions,
  value,
} from '../../src/index.js'
import { RedisClusterStore, RedisStore } from '../../src/sessions/redis/index.js'

class Clock {
  readonly now = 1
}
class Mailer {}
class Database {}
const dsn = token<string>('dsn')
const secret = 'a secret of at least thirty-two bytes, for tests'

/** Programs that somebody wrote, each with one mistake: from the message alone they have to mend it. */
export const MISTAKES: Readonly<Record<string, () => App>> = {
  'a forgotten sessions(…) [C11]': () =>
    new App({ routes: [route.get('/', [Session], function show() {})] }),
  'a forgotten sessions(…), for a view [C11]': () =>
    new App({ routes: [route.get('/', [SessionView], function show() {})] }),
  'a forgotten sessions(…), for sessionIfAvailable [C11]': () =>
    new App({ routes: [route.get('/', [sessionIfAvailable], function show() {})] }),
  'a forgotten sessions(…), for a token [C11]': () =>
    new App({ routes: [route.get('/form', [CsrfToken], function form() {})] }),
  'a forgotten sessions(…), for a guard [C11]': () =>
    new App({ middleware: [csrfTokenGuard()], routes: [route.post('/', function send() {})] }),
  'a store that cannot find the sessions of a user [C11]': () =>
    new App({
      components: [sessions(new CookieStore({ secret }))],
      routes: [route.get('/sessions', [UserSessions], function list() {})],
    }),
  'a forgotten redis(…) [C11]': () =>
    new App({
      components: [sessions(new RedisStore())],
      routes: [route.get('/', [Session], function show() {})],
    }),
  'a forgotten redisCluster(…) [C11]': () =>
    new App({
      components: [sessions(new RedisClusterStore())],
      routes: [route.get('/', [Session], function show() {})],
    }),
  'a forgotten redis(…), for a handler [C11]': () =>
    new App({ routes: [route.get('/', [Redis, Cluster], function show() {})] }),
  'cookies in a singleton [C11]': () =>
    new App({
      components: [singleton(Mailer, [Cookies], () => new Mailer())],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'a class that nothing provides': () =>
    new App({ routes: [route.get('/', [Mailer], function show() {})] }),
  'a token that nothing provides': () =>
    new App({ routes: [route.get('/', [dsn], function show() {})] }),
  'a marker that nothing provides': () =>
    new App({ routes: [route.get('/', [marker('Flag', 'beta')], function show() {})] }),
  'a misspelt class': () =>
    new App({
      components: [value(Clock, new Clock())],
      routes: [route.get('/', [class Clok {}], function show() {})],
    }),
  'another class of the same name': () =>
    new App({
      components: [value(Clock, new Clock())],
      routes: [route.get('/', [{ Clock: class Clock {} }.Clock], function show() {})],
    }),
  'what a provider needs, two steps below': () =>
    new App({
      components: [
        singleton(Database, [dsn], () => new Database()),
        scoped(Mailer, [Database], () => new Mailer()),
      ],
      routes: [route.post('/mail', [Mailer], function send() {})],
    }),
  'a class of another copy of tsyringe [C7]': () => {
    class Elsewhere {}
    Reflect.defineMetadata('design:paramtypes', [], Elsewhere)
    return new App({ routes: [route.get('/', [Elsewhere], function show() {})] })
  },
  'a ring': () =>
    new App({
      components: [
        scoped(Mailer, [Database], () => new Mailer()),
        scoped(Database, [Mailer], () => new Database()),
      ],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'a class that needs itself': () => {
    @injectable()
    class Node {
      constructor(@Inject(forwardRef(() => Node)) _next: unknown) {}
    }
    return new App({ routes: [route.get('/', [Node], function show() {})] })
  },
  'a singleton that keeps a session': () =>
    new App({
      components: [sessions(new MemoryStore()), singleton(Mailer, [Session], () => new Mailer())],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'a singleton that keeps a session, two steps below': () =>
    new App({
      components: [
        sessions(new MemoryStore()),
        transient(Database, [Session], () => new Database()),
        singleton(Mailer, [Database], () => new Mailer()),
      ],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'a singleton that keeps hooks': () =>
    new App({
      components: [singleton(Mailer, [Hooks], () => new Mailer())],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'a body that is read twice': () =>
    new App({ routes: [route.post('/', [Body(), FormData], function send() {})] }),
  'a parameter that the path has not': () =>
    new App({ routes: [route.get('/users/:id', [Param('ids')], function show() {})] }),
  'a parameter of a path without any': () =>
    new App({ routes: [route.get('/users', [Param('id')], function show() {})] }),
  'a parameter of the path in a component': () =>
    new App({
      components: [scoped(Mailer, [Param('id')], () => new Mailer())],
      routes: [route.get('/users', [Mailer], function show() {})],
    }),
  'two handlers for one route': () =>
    new App({
      routes: [
        route.get('/a/:id', [], function first() {}),
        route.get('/a/:name', [], function second() {}),
      ],
    }),
  'a class that is no controller': () => new App({ routes: [class Pages {}] }),
  'a controller without routes [C5]': () => {
    @Controller('/pages')
    class Pages {}
    return new App({ routes: [Pages] })
  },
  'a controller whose class needs what is not there': () => {
    @Controller('/pages')
    @Inject(Mailer)
    class Pages {
      constructor(readonly mailer: Mailer) {}
      @Get() show() {}
    }
    return new App({ routes: [Pages] })
  },
  'Next in a handler': () => new App({ routes: [route.get('/', [Next], function show() {})] }),
  'Next in a component': () =>
    new App({
      components: [scoped(Mailer, [Next], () => new Mailer())],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'Next, deferred': () =>
    new App({
      middleware: [inject([lazy(Next)], async function guard() {})],
      routes: [route.get('/', () => 1)],
    }),
  'Parameter in a handler': () =>
    new App({ routes: [route.get('/', [Parameter], function show() {})] }),
  'a wrapper [C4]': () => new App({ routes: [route.get('/', (...given: never[]) => given)] }),
  'a wrapper around a middleware [C4]': () =>
    new App({
      middleware: [(...given: never[]) => given],
      routes: [route.get('/', [], function show() {})],
    }),
  'a bound method [C15]': () => {
    const shop = {
      show(clock: Clock) {
        return clock
      },
    }
    return new App({ routes: [route.get('/', shop.show.bind(shop))] })
  },
  'a list that is too short': () =>
    new App({
      components: [value(Clock, new Clock())],
      routes: [route.get('/', inject([Clock], ((_a: Clock, _b: Clock) => 1) as () => number))],
    }),
  'a hole in a list': () =>
    new App({
      routes: [route.get('/', [undefined as unknown as typeof Clock], function show() {})],
    }),
  'a type that is erased to Object': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(_clock: { readonly now: number }) {}
    }
    return new App({ routes: [Pages] })
  },
  'a type that is erased to Array': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(_clocks: Clock[]) {}
    }
    return new App({ routes: [Pages] })
  },
  'a promise': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(_clock: Promise<Clock>) {}
    }
    return new App({ routes: [Pages] })
  },
  'a plain value of a method': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(_page: number) {}
    }
    return new App({ routes: [Pages] })
  },
  'a plain value of a constructor': () => {
    @Inject()
    class Pool {
      constructor(readonly size: number) {}
    }
    return new App({ routes: [route.get('/', [Pool], function show() {})] })
  },
  'a marker without a type to convert to': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(@Query('sort') _sort: 'up' | { by: string }) {}
    }
    return new App({ routes: [Pages] })
  },
  'a body of a class': () => {
    @Controller('/pages')
    class Pages {
      @Get() show(@Body() _clock: Clock) {}
    }
    return new App({ routes: [Pages] })
  },
  'a planned call whose values are missing': () =>
    new App({
      routes: [
        route.get(
          '/',
          [call({ load: inject([dsn], (text: string) => text) }, 'load' as never)],
          function show() {},
        ),
      ],
    }),
  'members of all that are missing theirs': () =>
    new App({
      components: [scoped(dsn, [Mailer], () => 'a'), scoped(dsn, [Database], () => 'b')],
      routes: [route.get('/', [all(dsn)], function show() {})],
    }),
  'an optional value whose provider is broken': () =>
    new App({
      components: [scoped(dsn, [Mailer], () => 'a')],
      routes: [route.get('/', [optional(dsn)], function show() {})],
    }),
  'a singleton that throws': () =>
    new App({
      components: [
        singletonClass(Database),
        singleton(Mailer, [Database], () => {
          throw new TypeError('no server')
        }),
      ],
      routes: [route.get('/', [Mailer], function show() {})],
    }),
  'one mistake in many routes [C12]': () =>
    new App({
      routes: Array.from({ length: 8 }, (_, index) =>
        route.get(`/${index}`, [Session, Reply, Exchange], function show() {}),
      ),
    }),
  'two mistakes, each in two places [C12]': () =>
    new App({
      middleware: [inject([Mailer, Next], async function audit() {})],
      routes: [
        route.get('/a', [Database], function first() {}),
        route.get('/b', [Database], function second() {}),
      ],
    }),
}
