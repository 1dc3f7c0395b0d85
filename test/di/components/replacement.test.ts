import { describe, expect, test } from 'vitest'
import {
  App,
  Body,
  DIError,
  inject,
  optional,
  Param,
  Query,
  requestBody,
  route,
  scoped,
  singleton,
  singletonClass,
  token,
  value,
  type Component,
} from '../../../src/index.js'
import { Deferred, settled } from '../deferred.js'

class Clock {
  constructor(readonly now: number) {}
}
class Db {
  constructor(readonly clock: Clock) {}
}
class Accounts {
  constructor(readonly db: Db) {}
}

/** An application that counts how often its singletons are built and disposed. */
function bank() {
  const log: string[] = []
  const app = new App({
    components: [
      value(Clock, new Clock(1)),
      singleton(
        Db,
        [Clock],
        (clock) => {
          log.push(`open ${clock.now}`)
          return new Db(clock)
        },
        { dispose: (db) => log.push(`close ${db.clock.now}`) },
      ),
      scoped(Accounts, [Db], (db) => new Accounts(db)),
    ],
    routes: [
      route.get('/now', [Accounts], (accounts) => accounts.db.clock.now),
      route.get('/page', [optional(Query('page'))], (page) => page ?? 'none'),
    ],
  })
  const now = async (of: App = app) => (await of.fetch(new Request('http://bank/now'))).json()
  return { app, log, now }
}

describe('override', () => {
  test('puts a value in the place of a token, below singletons too, until it is undone', async () => {
    const { app, now, log } = bank()
    expect(await now()).toBe(1)
    const override = app.override(Clock, new Clock(2))
    expect(await now()).toBe(2)
    override[Symbol.dispose]()
    expect(await now()).toBe(1)
    expect(log).toEqual(['open 1', 'open 2'])
    await app.close()
    expect(log).toEqual(['open 1', 'open 2', 'close 2', 'close 1'])
  })

  test('takes a component, and what that asks for is wired as usual', async () => {
    const { app, now } = bank()
    app.override(
      Accounts,
      scoped(Accounts, [Clock], (clock) => new Accounts(new Db(new Clock(clock.now + 10)))),
    )
    expect(await now()).toBe(11)
    // A picture that is made while it holds says where the value comes from.
    expect(app.explain('GET /now')).toMatch(/^├?.*Accounts .*override\(Accounts\)/m)
  })

  test('ends what the component made, and close() waits for that', async () => {
    const { app, log, now } = bank()
    const dispose = async (db: Db) => {
      await settled()
      log.push(`end ${db.clock.now}`)
    }
    const own = singleton(Db, [], () => new Db(new Clock(7)), { dispose })
    app.override(Db, own)
    expect(await now()).toBe(7)
    await app.close()
    expect(log).toEqual(['end 7'])
  })

  test('nests, and is undone last one first', async () => {
    const { app, now } = bank()
    const outer = app.override(Clock, new Clock(2))
    const inner = app.override(Clock, new Clock(3))
    expect(await now()).toBe(3)
    expect(() => outer[Symbol.dispose]()).toThrow(
      'An override is undone once, and the last one first.',
    )
    inner[Symbol.dispose]()
    expect(await now()).toBe(2)
    outer[Symbol.dispose]()
    expect(await now()).toBe(1)
    expect(() => outer[Symbol.dispose]()).toThrow(
      'An override is undone once, and the last one first.',
    )
  })

  test('within another one asks for what the application has made, not for another', async () => {
    const log: string[] = []
    const make = (db: Db) => new Accounts(db)
    const app = new App({
      components: [
        singleton(Db, [], () => {
          log.push('open')
          return new Db(new Clock(5))
        }),
        singleton(Accounts, [Db], make),
      ],
      routes: [route.get('/now', [Accounts], (accounts) => accounts.db.clock.now)],
    })
    const now = async () => (await app.fetch(new Request('http://bank/now'))).json()
    expect(await now()).toBe(5)
    using _outer = app.override(Accounts, new Accounts(new Db(new Clock(2))))
    expect(await now()).toBe(2)
    using _inner = app.override(Accounts, singleton(Accounts, [Db], make))
    expect(await now()).toBe(5)
    expect(log).toEqual(['open'])
  })

  test('replaces a marker by value', async () => {
    const { app } = bank()
    const page = async () => (await app.fetch(new Request('http://bank/page?page=4'))).text()
    expect(await page()).toBe('4')
    app.override(Query('page'), 'forced')
    expect(await page()).toBe('forced')
  })

  test('fills what was optional and missing', async () => {
    const colour = token<string>('colour')
    const app = new App({ routes: [route.get('/', [optional(colour)], (it) => it ?? 'none')] })
    const answer = async () => (await app.fetch(new Request('http://bank/'))).text()
    expect(await answer()).toBe('none')
    app.override(colour, 'red')
    expect(await answer()).toBe('red')
  })

  test('refuses a token that nothing asks for, and changes nothing', async () => {
    const { app, now } = bank()
    const colour = token<string>('Clocks')
    const attempt = () => app.override(colour, 'red')
    expect(attempt).toThrow(DIError)
    expect(attempt).toThrow(`The application cannot be wired: 1 problem.

1. DI_UNKNOWN_OVERRIDE: token('Clocks') cannot be overridden: no handler asks for it, and nothing below one does.
     override(token('Clocks'), …)
   Did you mean Clock? Override a token that is in use.`)
    expect(await now()).toBe(1)
  })

  test('refuses a replacement that cannot be wired, and changes nothing', async () => {
    const { app, now } = bank()
    class Missing {
      readonly #only = true
      only() {
        return this.#only
      }
    }
    expect(() =>
      app.override(
        Accounts,
        scoped(Accounts, [Missing], () => new Accounts(new Db(new Clock(9)))),
      ),
    ).toThrow('nothing provides Missing, parameter 0 of scoped(Accounts)')
    expect(await now()).toBe(1)
  })

  test('lets a request in flight end as it began', async () => {
    const gate = new Deferred()
    const app = new App({
      components: [
        value(Clock, new Clock(1)),
        scoped(Db, [Clock], async (clock) => {
          await gate.promise
          return new Db(clock)
        }),
      ],
      routes: [route.get('/now', [Db, Clock], (db, clock) => [db.clock.now, clock.now])],
    })
    await app.ready()
    const before = app.fetch(new Request('http://bank/now'))
    app.override(Clock, new Clock(2))
    const after = app.fetch(new Request('http://bank/now'))
    gate.resolve()
    expect(await (await before).json()).toEqual([1, 1])
    expect(await (await after).json()).toEqual([2, 2])
  })
})

describe('with', () => {
  test('gives copies that run side by side and share what they do not override', async () => {
    const { app, log, now } = bank()
    const two = app.with([[Clock, new Clock(2)]])
    const three = app.with([[Accounts, new Accounts(new Db(new Clock(3)))]])
    expect(await Promise.all([now(), now(two), now(three)])).toEqual([1, 2, 3])
    expect(log.toSorted()).toEqual(['open 1', 'open 2'])
    await two.close()
    expect(log.at(-1)).toBe('close 2')
    expect(await now()).toBe(1)
    expect(await now(three)).toBe(3)
  })

  test('of a copy builds on its overrides', async () => {
    const { app, now } = bank()
    const copy = app.with([[Clock, new Clock(2)]]).with([[Query('page'), 'x']])
    expect(await now(copy)).toBe(2)
  })

  test('gives handlers that ask for App the copy', async () => {
    const app = new App({
      components: [value(Clock, new Clock(1))],
      routes: [
        route.get('/inner', [Clock], (clock) => clock.now),
        route.get('/outer', [App], (self) => self.fetch(new Request('http://bank/inner'))),
      ],
    })
    const copy = app.with([[Clock, new Clock(2)]])
    const outer = async (of: App) => (await of.fetch(new Request('http://bank/outer'))).json()
    expect([await outer(app), await outer(copy)]).toEqual([1, 2])
  })

  test('refuses a token that nothing asks for, when it is made ready', async () => {
    const { app } = bank()
    const copy = app.with([[Param('sku'), 'tea']])
    await expect(copy.ready()).rejects.toThrow(
      "DI_UNKNOWN_OVERRIDE: Param('sku') cannot be overridden",
    )
  })
})

test('an application that was closed is not made ready again', async () => {
  const { app, now } = bank()
  await now()
  await app.close()
  await expect(app.ready()).rejects.toThrow('The application was closed.')
})

test('a handler made by inject is planned once, whatever is overridden elsewhere', async () => {
  const handler = inject([Clock], (clock) => clock.now)
  const app = new App({
    components: [value(Clock, new Clock(1)), value(Accounts, new Accounts(new Db(new Clock(0))))],
    routes: [
      route.get('/clock', handler),
      route.get('/accounts', [Accounts], (accounts) => accounts.db.clock.now),
    ],
  })
  await app.ready()
  using _ = app.override(Accounts, new Accounts(new Db(new Clock(7))))
  const at = async (path: string) => (await app.fetch(new Request(`http://bank${path}`))).json()
  expect([await at('/clock'), await at('/accounts')]).toEqual([1, 7])
})

test('a component that builds from what others give is not resolved by hand, and says so', async () => {
  const all = new Map<string, Component>()
  const looking: Component = {
    canHandleParameter: () => false,
    resolve: () => undefined,
    findMistakes: ({ components }) => {
      for (const one of components) all.set(one.label ?? one.constructor.name, one)
      return []
    },
  }
  await using app = new App({
    components: [looking, value(Clock, new Clock(1)), singletonClass(Db)],
    routes: [route.get('/', [Clock], (clock) => clock.now)],
  })
  await using copy = app.with([[Clock, new Clock(2)]])
  await copy.ready()
  for (const [name, reason] of [
    ['SingletonClass', 'a class is built through its constructor'],
    ['class', 'a class is built through its constructor'],
    ['Replacement', 'a replacement resolves through what it was given'],
  ] as const)
    expect(() => all.get(name)!.resolve(), name).toThrow(new TypeError(reason))
})

test('a replacement that reads the body is refused beside another reader', async () => {
  const order = token<string>('order')
  const reader: Component = {
    consumes: requestBody,
    canHandleParameter: (parameter) => parameter.token === order,
    resolve: () => 'read',
  }
  const app = new App({
    components: [value(order, 'given')],
    routes: [route.post('/', [order, Body(String)], (one) => one)],
  })
  await app.ready()
  const replacing = () => app.override(order, reader as never)
  expect(replacing).toThrow(
    "DI_BODY_TWICE (POST /): the body of a request can be read once, but token('order') and Body(String) each read it.",
  )
})
