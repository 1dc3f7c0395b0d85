import { tracingChannel } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import {
  App,
  HttpError,
  inject,
  MemoryStore,
  Next,
  route,
  scoped,
  Session,
  sessions,
  token,
  type Exchange,
} from '../../src/index.js'

interface Trace {
  readonly exchange: Exchange
  readonly steps: readonly {
    readonly label: string
    readonly role: string
    readonly beganAt: number
    readonly endedAt: number
    readonly failure?: { readonly error: unknown }
  }[]
  readonly result?: Response
}

const requests = tracingChannel<unknown, Trace>('ingot:request')
const ask = (path: string) => new Request(`https://shop.example${path}`)

/** Listens until the test ends; what has ended is in the list. */
function listen(): Trace[] {
  const ended: Trace[] = []
  const subscribers = {
    start: () => {},
    end: () => {},
    asyncStart: () => {},
    asyncEnd: (trace: Trace) => void ended.push(trace),
    error: () => {},
  }
  requests.subscribe(subscribers)
  onTestFinished(() => requests.unsubscribe(subscribers))
  return ended
}

const price = token<number>('price')

function shop() {
  const show = (cost: number) => String(cost)
  return new App({
    components: [sessions(new MemoryStore()), scoped(price, [], async () => 3)],
    middleware: [
      inject([Next], async function around(next) {
        return next()
      }),
    ],
    routes: [
      route.get('/price', [price], show),
      route.get('/visits', [Session], (session) => {
        session.set('seen', true)
        return 'seen'
      }),
      route.get('/broken', [], () => {
        throw new HttpError(409, 'taken')
      }),
      route.get('/late', [], async () => {
        throw new HttpError(410, 'gone')
      }),
    ],
  })
}

test('a request is published with its steps in the order in which they ended, and its response', async () => {
  const ended = listen()
  const app = shop()
  expect(await (await app.fetch(ask('/price'))).text()).toBe('3')
  await app.fetch(ask('/visits'))
  const named = ended.map(({ steps }) => steps.map(({ role, label }) => `${role} ${label}`))
  expect(named).toEqual([
    ["value token('price')", 'handler show', 'middleware around'],
    [
      'value Cookies',
      'value MemoryStore.load()',
      'value Session',
      'handler the handler of GET /visits',
      'value MemoryStore.dump()',
      'middleware around',
    ],
  ])
  for (const { steps } of ended)
    for (const { beganAt, endedAt } of steps) expect(endedAt).toBeGreaterThanOrEqual(beganAt)
  expect(ended.map(({ exchange, result }) => [exchange.path, result!.status])).toEqual([
    ['/price', 200],
    ['/visits', 200],
  ])
})

test('a step that failed has its error, and the request its response', async () => {
  const ended = listen()
  await shop().fetch(ask('/broken'))
  await shop().fetch(ask('/late'))
  await shop().fetch(ask('/nowhere'))
  const [broken, late, nowhere] = ended
  for (const trace of [broken, late])
    expect(trace!.steps.find(({ role }) => role === 'handler')!.failure!.error).toBeInstanceOf(
      HttpError,
    )
  expect([broken, late, nowhere].map((trace) => trace!.result!.status)).toEqual([409, 410, 404])
})

test('without a subscriber nothing is added: a response that was there at once still is', async () => {
  const plain = new App({ routes: [route.get('/', [], () => 'hello')] })
  await plain.ready()
  expect(plain.fetch(ask('/'))).toBeInstanceOf(Response)
  const ended = listen()
  expect(await plain.fetch(ask('/'))).toBeInstanceOf(Response)
  // Its plan was compiled before somebody listened.
  expect(ended.map(({ steps }) => steps)).toEqual([[]])
})
