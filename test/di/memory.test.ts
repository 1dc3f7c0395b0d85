import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import {
  callable,
  inject,
  Injector,
  lazy,
  marker,
  Resolver,
  scoped,
  singleton,
  token,
  transient,
  value,
  type Component,
  type Finish,
  type Plan,
} from '../../src/di/index.js'
import { Hooks } from './world.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const Settings = token<string>('settings')
const Db = token<string>('db')
const Accounts = token<{ readonly db: string }>('accounts')
const Id = token<object>('id')
const Url = token<string>('url')

const components: readonly Component[] = [
  value(Settings, 'settings'),
  singleton(Db, [Settings], (settings) => `db ${settings}`),
  scoped(Accounts, [Db, Id], (db) => ({ db })),
  transient(Id, [], () => ({})),
]

/** A plan that remembers nothing of its runs. */
async function planned(handler: Function): Promise<Plan> {
  const injector = new Injector({ components: [...components, queries], input: Url, hooks: Hooks })
  const complete = (result: unknown, _input: unknown, finish?: Finish) => {
    void finish?.()
    return result
  }
  const plan = injector.plan<unknown>([callable(handler)], {
    name: 'GET /',
    resultHandler: { value: (made) => made, error: (error) => error, report: () => {}, complete },
  })
  await injector.ready()
  return plan
}

const queries: Component = {
  canHandleParameter: ({ token }) => 'kind' in token,
  resolve: () => 'query',
}

/** Bytes of the heap that so many runs leave behind, after as many to warm up. */
async function left(plan: Plan, runs: number): Promise<number> {
  const run = async () => {
    for (let index = 0; index < runs; index++) {
      plan.run('/cart')
      // Hooks after the response end in a later turn, as they do in a server.
      if (index % 1000 === 0) await new Promise(setImmediate)
    }
    await new Promise(setImmediate)
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await run()
  return (await run()) - before
}

test('a million synchronous requests leave the heap as it was', async () => {
  const plan = await planned(
    inject([Accounts, Db, Settings, Url], (accounts, db, settings, url) => [
      accounts,
      db,
      settings,
      url,
    ]),
  )
  expect(await left(plan, 1_000_000)).toBeLessThan(500_000)
}, 60_000)

test('requests with hooks, lazy values and failures leave the heap as it was', async () => {
  const plan = await planned(
    inject([lazy(Accounts), Hooks, Url], (accounts, hooks) => {
      hooks.afterHandler(() => {})
      hooks.afterResponse(() => {})
      throw new Error(accounts().toString())
    }),
  )
  expect(await left(plan, 50_000)).toBeLessThan(500_000)
}, 60_000)

test('requests that ask a Resolver with new tokens and functions leave the heap as it was', async () => {
  const plan = await planned(
    inject([Resolver], (resolver) => [
      resolver.get(marker('Query', 'page')),
      resolver.get(lazy(Accounts)),
      resolver.run(inject([Accounts, Id], (accounts) => accounts)),
    ]),
  )
  expect(await left(plan, 5000)).toBeLessThan(1_000_000)
}, 60_000)
