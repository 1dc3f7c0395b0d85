import { describe, expect, test } from 'vitest'
import {
  all,
  App,
  Controller,
  Exchange,
  Get,
  Hooks,
  lazy,
  Next,
  optional,
  inject,
  route,
  scoped,
  singleton,
  token,
  transient,
  value,
} from '../../../src/index.js'
import { later } from '../../../src/di/index.js'

class Settings {
  constructor(readonly dsn: string) {}
}
class Db {
  constructor(readonly settings: Settings) {}
}
class Accounts {
  constructor(readonly db: Db) {}
}
class Mailer {}
class Report {}
const requestId = token<string>('request id')

@Controller('/accounts')
class Desk {
  @Get('/:id')
  show(accounts: Accounts, db: Db) {
    return [accounts, db]
  }
}

const components = [
  value(Settings, new Settings('dsn')),
  singleton(Db, [Settings], (settings) => new Db(settings), { dispose: () => {} }),
  scoped(Accounts, [Db, Hooks], (db) => new Accounts(db)),
  scoped(Mailer, [], async () => new Mailer(), { dispose: () => {} }),
  scoped(Report, [lazy(Mailer)], async () => new Report()),
  transient(requestId, [], () => 'id'),
]

describe('explain', () => {
  test('shows scope, provider, order, what ends and the cost of a route', () => {
    const app = new App({ components, routes: [Desk] })
    expect(app.explain('GET /accounts/:id')).toBe(`GET /accounts/:id
Desk.show(Accounts, Db)
├─ Desk   singleton, a constant of the plan, class
├─ Accounts   request, scoped(Accounts)
│  ├─ Db   singleton, a constant of the plan, singleton(Db)
│  │  └─ Settings   singleton, a constant of the plan, value(Settings)
│  └─ Hooks   of this request
└─ Db   (see above)
order: Accounts → Desk.show
ends: Accounts
cost: 1 value a request, 0 certainly awaited`)
  })

  test('shows what runs side by side, what is deferred, and the middleware', () => {
    const guard = inject([requestId, Next], async function guard(_id, next) {
      return await next()
    })
    const handler = inject(
      [Mailer, Report, all(Settings), requestId],
      function send(_mailer, _report, _settings, _id) {},
    )
    const app = new App({ components, routes: [route.post('/send', handler)], middleware: [guard] })
    expect(app.explain(handler)).toBe(`POST /send
guard(token('request id'), Next)   middleware
├─ token('request id')   transient, transient(token('request id'))
└─ Next   of this request
send(Mailer, Report, all(Settings), token('request id'))
├─ Mailer   request, scoped(Mailer)
├─ Report   request, scoped(Report)
│  └─ Mailer   request, scoped(Mailer), made on the first call
├─ all(Settings)
│    Settings   singleton, a constant of the plan, value(Settings)
└─ token('request id')   transient, transient(token('request id'))
order: token('request id') → guard → [Mailer ∥ Report ∥ token('request id')] → send
ends: Mailer
cost: 4 values a request, 2 certainly awaited`)
  })

  test('shows an exclusive value after those that run side by side, as it is made', () => {
    const [a, b, c] = [token<number>('a'), token<number>('b'), token<number>('c')]
    const app = new App({
      components: [
        scoped(a, [], async () => 1),
        scoped(b, [], async () => 2, { isExclusive: true }),
        scoped(c, [], async () => 3),
      ],
      routes: [route.get('/', [a, b, c], function home() {})],
    })
    expect(app.explain('GET /')).toContain("order: [token('a') ∥ token('c')] → token('b') → home\n")
  })

  test('names a handler without a name by its route', () => {
    const app = new App({ components, routes: [route.get('/x', [Settings], (it) => it.dsn)] })
    expect(app.explain('GET /x')).toContain('GET /x\nthe handler of GET /x(Settings)\n')
  })

  test('finds a route by its name, its handler, its controller or its method', () => {
    const app = new App({ components, routes: [Desk] })
    const text = app.explain('GET /accounts/:id')
    expect(app.explain(Desk)).toBe(text)
    expect(app.explain([Desk, 'show'])).toBe(text)
  })

  test('of everything ends with what is odd: a token provided twice, a component nothing reaches', () => {
    const app = new App({
      components: [
        value(Settings, new Settings('a')),
        value(Settings, new Settings('b')),
        ...components,
      ],
      routes: [Desk],
    })
    const notes = [
      'note: Settings is provided by value(Settings), which comes first, and by value(Settings), value(Settings), which is not used.',
      'note: scoped(Mailer) provides nothing that a handler asks for.',
      'note: scoped(Report) provides nothing that a handler asks for.',
      "note: transient(token('request id')) provides nothing that a handler asks for.",
    ]
    const overview = `route               functions   made for it   ends after it
GET /accounts/:id   Desk.show   Accounts      Accounts`
    expect(app.explain()).toBe([overview, ...notes].join('\n\n'))
  })

  test('of everything has a line for each route: its functions, what is made for it, what ends after it', () => {
    const guard = inject([requestId, Next], async function guard(_id, next) {
      return await next()
    })
    const app = new App({
      components,
      middleware: [guard],
      routes: [
        route.post('/send', [Mailer, Db], function send() {}),
        route.get('/', [], function home() {}),
      ],
    })
    expect(app.explain().split('\n\n')[0]).toBe(
      [
        'route        functions      made for it                   ends after it',
        "POST /send   guard → send   token('request id'), Mailer   Mailer",
        "GET /        guard → home   token('request id')           nothing",
      ].join('\n'),
    )
  })

  test('marks what nothing provides, without failing', () => {
    class Unknown {}
    const app = new App({ routes: [route.get('/', [Unknown], (it) => it)] })
    expect(app.explain('GET /')).toContain('└─ Unknown   ??? nothing provides it')
  })

  test('says of each value where it comes from', () => {
    const Count = token<number>('count')
    const jobs = { run: inject([Settings], (settings) => settings.dsn) }
    const app = new App({
      components: [...components, scoped(Count, [], async () => 1, { isExclusive: true })],
      routes: [
        route.get(
          '/',
          [later(jobs, 'run'), Exchange, Count, optional(token<string>('hint'))] as never,
          function home() {},
        ),
      ],
    })
    expect(app.explain('GET /')).toBe(`GET /
home(Object.run(), Exchange, token('count'), token('hint'), which nothing provides)
├─ Object.run()   runs when called; planned and checked now
│  └─ Settings   singleton, a constant of the plan, value(Settings)
├─ Exchange   given with the request
├─ token('count')   request, scoped(token('count')), never beside another
└─ token('hint'), which nothing provides
order: token('count') → home
ends: nothing
cost: 1 value a request, 1 certainly awaited`)
  })

  test('names the routes when there is no such one', () => {
    const app = new App({ components, routes: [Desk] })
    expect(() => app.explain('GET /account/:id')).toThrow(
      "There is no route 'GET /account/:id'. Did you mean GET /accounts/:id? The routes are: GET /accounts/:id.",
    )
    expect(() => app.explain(function stray() {})).toThrow('stray handles no route.')
    expect(() => app.explain(() => 1)).toThrow('That function handles no route.')
    expect(() => app.explain([Desk, 'hide'])).toThrow('hide handles no route.')
  })

  test.each([12, 13, 20])('names twelve routes at most, of %i', (count) => {
    const names = Array.from({ length: count }, (_, index) => `GET /${index}`)
    const app = new App({ routes: names.map((_, index) => route.get(`/${index}`, () => 'x')) })
    const shown = `${names.slice(0, 12).join(', ')}${count > 12 ? ', …' : ''}`
    expect(() => app.explain('POST /shop')).toThrow(
      new TypeError(`There is no route 'POST /shop'. The routes are: ${shown}.`),
    )
  })
})

describe('graph', () => {
  const app = new App({
    components,
    routes: [Desk, route.get('/report', [Report], function report() {})],
  })

  test('is data: routes, values with their scopes, and who needs what', () => {
    expect(app.graph({ format: 'json' })).toEqual({
      routes: [
        { name: 'GET /accounts/:id', functions: ['n0'] },
        { name: 'GET /report', functions: ['n5'] },
      ],
      nodes: [
        { id: 'n0', label: 'Desk.show', provider: 'handler', scope: 'transient' },
        { id: 'n1', label: 'Desk', provider: 'class', scope: 'singleton' },
        { id: 'n2', label: 'Accounts', provider: 'scoped(Accounts)', scope: 'request' },
        { id: 'n3', label: 'Db', provider: 'singleton(Db)', scope: 'singleton' },
        { id: 'n4', label: 'Settings', provider: 'value(Settings)', scope: 'singleton' },
        { id: 'n5', label: 'report', provider: 'handler', scope: 'transient' },
        { id: 'n6', label: 'Report', provider: 'scoped(Report)', scope: 'request' },
        { id: 'n7', label: 'Mailer', provider: 'scoped(Mailer)', scope: 'request' },
      ],
      edges: [
        { from: 'n0', to: 'n1', isDeferred: false },
        { from: 'n0', to: 'n2', isDeferred: false },
        { from: 'n0', to: 'n3', isDeferred: false },
        { from: 'n2', to: 'n3', isDeferred: false },
        { from: 'n3', to: 'n4', isDeferred: false },
        { from: 'n5', to: 'n6', isDeferred: false },
        { from: 'n6', to: 'n7', isDeferred: true },
      ],
    })
  })

  test('is a Mermaid flowchart whose labels cannot break out of it', () => {
    const quoted = token<number>('a "quoted" <b> #1')
    const small = new App({
      components: [value(quoted, 1)],
      routes: [route.get('/', [quoted], function handler() {})],
    })
    const [head, group, node, edge, ...colours] = small.graph({ format: 'mermaid' }).split('\n')
    expect([head, group, node, edge]).toEqual([
      'flowchart LR',
      '  g0["functions<br/>GET /"]:::routes',
      '  n1(["token(\'a #quot;quoted#quot; #lt;b#gt; #35;1\')"]):::singleton',
      '  g0 --> n1',
    ])
    expect(colours.every((line) => line.startsWith('  classDef '))).toBe(true)
  })
})
