import { expect, test } from 'vitest'
import {
  accessLog,
  App,
  Body,
  Controller,
  CookieValue,
  cors,
  crossOriginGuard,
  csrfTokenGuard,
  Get,
  Header,
  inject,
  Param,
  Query,
  requestId,
  route,
  scoped,
  securityHeaders,
  singleton,
  singletonClass,
  value,
  type Token,
} from '../../src/index.js'
import { refusalOf, withoutSites } from './world.js'

class Clock {
  readonly now = 1
}
const home = () => 'Hello!'

/** Mistakes of programs that no compiler has seen. */
const unchecked = (mistake: unknown): never => mistake as never

test.each<[string, () => unknown, string]>([
  [
    'a handler that was called',
    () => route.get('/', unchecked(home())),
    'route.get("/", …) needs a function as its handler, not "Hello!". Give the function itself, which is called for each request: route.get("/", handler), not handler().',
  ],
  [
    'a handler that was forgotten',
    () => route.post('/cart', [Clock], unchecked(undefined)),
    'route.post("/cart", …) needs a function as its handler, not undefined. Give the function itself, which is called for each request: route.post("/cart", handler), not handler().',
  ],
  [
    'a path that was forgotten',
    () => route.get(unchecked(home), unchecked(undefined)),
    "route.get takes the path first, not the function home: route.get('/', handler).",
  ],
  [
    'a middleware before the handler',
    () => route.post('/cart', home, unchecked(home)),
    'route.post("/cart", …) takes one handler. What runs before it is an option: route.post("/cart", handler, { middleware: [first] }).',
  ],
  [
    'a token without the brackets of the list',
    () => route.get('/', unchecked(Clock), unchecked(home)),
    'route.get("/", …) takes its tokens as a list: route.get("/", [Clock], handler).',
  ],
  [
    'a list of middleware in place of the options',
    () => route.get('/', home, unchecked([home])),
    'route.get("/", …): options must be an object, not a list.',
  ],
  [
    'a misspelt option of a route',
    () => route.get('/', [], home, unchecked({ middlewares: [] })),
    'route.get("/", …): middlewares is not an option. Did you mean middleware?',
  ],
  [
    'a misspelt option of a group',
    () => route.group('/admin', [], unchecked({ middlewares: [] })),
    'route.group("/admin", …): middlewares is not an option. Did you mean middleware?',
  ],
  [
    'a private method, as oxc decorates it: without its name',
    () => Get('/')(Clock.prototype, '', unchecked(undefined)),
    "@Get('/') on Clock.#: a route is a method, `name() { … }`, and not static, private, a field or an accessor.",
  ],
  [
    'a misspelt option of a decorator',
    () => Get('/', unchecked({ middlewares: [] })),
    "@Get('/'): middlewares is not an option. Did you mean middleware?",
  ],
  [
    'a misspelt option of a controller',
    () => Controller('/admin', unchecked({ middlewares: [] })),
    "@Controller('/admin'): middlewares is not an option. Did you mean middleware?",
  ],
  [
    'a middleware that is not there, as where modules import each other',
    () => new App({ routes: [], middleware: [unchecked(undefined)] }),
    'App: middleware holds undefined, which is no middleware: a function that asks for Next, such as (next: Next) => next().',
  ],
  [
    'a class among the middleware',
    () => route.get('/', home, { middleware: [unchecked(Clock)] }),
    'route.get("/", …): middleware holds the class Clock, which is no middleware: a function that asks for Next, such as (next: Next) => next().',
  ],
  ...[accessLog, cors, crossOriginGuard, csrfTokenGuard, requestId, securityHeaders].map(
    (make): [string, () => unknown, string] => [
      `${make.name} without its call`,
      () => new App({ routes: [], middleware: [make] }),
      `App: middleware holds ${make.name}, which makes a middleware when it is called: ${make.name}(…).`,
    ],
  ),
  [
    'a value that was forgotten',
    () => value(Clock, unchecked(undefined)),
    'value(Clock) needs the value, not undefined: value(Clock, new Clock(…)).',
  ],
  [
    'a class that is given as its own value',
    () => value(Clock, unchecked(Clock)),
    'value(Clock) was given the class itself: value(Clock, new Clock(…)), or singletonClass(Clock) to have it made.',
  ],
  [
    'a text in place of a token',
    () => value(unchecked('dsn'), 'db://local'),
    'value takes a token first, not "dsn": a class, or const it = token<…>("dsn").',
  ],
  [
    'an object in place of its class',
    () => value(unchecked(new Clock()), unchecked(undefined)),
    'value takes a token first, not an object of Clock: value(Clock, …).',
  ],
  [
    'a token that is not there yet',
    () => scoped(unchecked(undefined), [], unchecked(home)),
    'scoped takes a token first, not undefined: where modules import each other, one of them is not there yet.',
  ],
  [
    'a class in place of a factory',
    () => singleton(Clock, unchecked(Clock)),
    'singleton(Clock) needs a function that makes the value, not the class Clock: singleton(Clock, [], () => …), with a list of what it takes in between.',
  ],
  [
    'a list behind the factory',
    () => scoped(Clock, () => new Clock(), unchecked([Clock])),
    'scoped(Clock): options must be an object, not a list.',
  ],
  [
    'an object in place of a class that is built once',
    () => singletonClass(unchecked(new Clock())),
    'singletonClass takes a class, not an object of Clock: singletonClass(Clock); for what is made already write value(Clock, …).',
  ],
  [
    'a function before its tokens',
    () => inject(unchecked(home), unchecked([Clock])),
    'inject takes a list of tokens, then a function: inject([Token, …], fn), not the function home and a list.',
  ],
  ...[Param, Query, Header, CookieValue].map((made): [string, () => unknown, string] => [
    `${made.name} without its name`,
    () => made(unchecked(undefined)),
    `${made.name} takes a name first, not undefined: ${made.name}('name').`,
  ]),
  [
    'the name of a type',
    () => Query('page', unchecked('number')),
    'The type of Query(\'page\') is a class such as Number, or a schema of zod, valibot or arktype, not "number".',
  ],
  [
    'the name of a type in a list',
    () => Query('tag', unchecked(['string'])),
    'The type of Query(\'tag\') is a class such as Number, or a schema of zod, valibot or arktype, not "string".',
  ],
  [
    'an object of types, which is no schema',
    () => Body(unchecked({ sku: 'string' })),
    'The type of Body is a class such as Number, or a schema of zod, valibot or arktype, not an object.',
  ],
  [
    'a factory that was forgotten',
    () => scoped(Clock, unchecked(undefined)),
    'scoped(Clock) needs a function that makes the value, not undefined: scoped(Clock, [], () => …), with a list of what it takes in between.',
  ],
  [
    'a path in place of a request',
    () => new App({ routes: [route.get('/', home)] }).fetch(unchecked('/')),
    "app.fetch takes a Request, not \"/\": new Request('https://shop.example/'). A test writes testClient(app).get('/'), of ingot/testing.",
  ],
  [
    'routes in place of options',
    () => new App(unchecked([route.get('/', home)])),
    'App: options must be an object, not a list.',
  ],
])('where it is written: %s', (_, mistake, message) => {
  expect(mistake).toThrow(new TypeError(message))
})

test.each<[string, () => unknown]>([
  ['a route', () => route.get('/', unchecked(home()))],
  ['an application', () => new App(unchecked([route.get('/', home)]))],
  ['a server', () => new App({ routes: [] }).listen(unchecked('3000'))],
])('what is refused shows the line that has it first: %s', async (_, mistake) => {
  const error = await Promise.resolve()
    .then(mistake)
    .catch((thrown: unknown) => thrown)
  expect(/\n +at (.*)/.exec((error as Error).stack!)![1]).toContain('refused-at-once.test.ts')
})

test('what may be undefined for a token, and for a marker, is a value', async () => {
  const app = new App({
    components: [value(Query('x') as Token<unknown>, undefined)],
    routes: [route.get('/', home)],
  })
  await expect(app.ready()).resolves.toBeUndefined()
})

test.each<[string, unknown, string]>([
  ['Body', Body, 'Body()'],
  ['Param', Param, "Param('id')"],
  ['Query', Query, "Query('page')"],
  ['Header', Header, "Header('accept')"],
  ['CookieValue', CookieValue, "CookieValue('theme')"],
])('a marker that is taken for a type: %s', async (name, made, example) => {
  const app = new App({ routes: [route.post('/', [unchecked(made)], function send() {})] })
  expect(withoutSites((await refusalOf(app.ready())).message)).toBe(
    `The application cannot be wired: 1 problem.

1. DI_MISSING (POST /): nothing provides ${name}, parameter 0 of send.
     send
     └─ ${name}
   It is no type, and makes a token when it is called: \`${example}\`, as in route.get(path, [${example}, …], fn) or inject([${example}, …], fn).`,
  )
})

test('a text in a list of tokens', async () => {
  const app = new App({ routes: [route.get('/', [unchecked('page')], home)] })
  expect(withoutSites((await refusalOf(app.ready())).message)).toBe(
    `The application cannot be wired: 1 problem.

1. DI_ERASED (GET /): parameter 0 of home cannot be injected: "page" is no token.
     home
     └─ parameter 0
   For a part of the request use a marker, Query('name'); for anything else make a token, token<string>('name'), and name it: inject([…], fn), or route.get(path, […], fn).`,
  )
})

test('the response of other frameworks', async () => {
  const app = new App({ routes: [route.get('/', [Response], function send() {})] })
  expect(withoutSites((await refusalOf(app.ready())).message)).toBe(
    `The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): nothing provides Response, parameter 0 of send.
     send
     └─ Response
   A handler is given no response: what it returns is sent, and Reply takes headers and cookies for it.`,
  )
})
