import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { App, Hooks, HttpError, redirect, Reply, route } from '../../../src/http/index.js'
import { open } from './ways.js'

/** What `onError` gets when a handler returns the value. */
async function toldOf(value: unknown): Promise<unknown> {
  const { ask, failures } = await open('app.fetch', { routes: [route.get('/', () => value)] })
  expect((await ask('/')).status).toBe(500)
  expect(failures).toHaveLength(1)
  return failures[0]
}

class Basket {
  readonly #items = 1
  count(): number {
    return this.#items
  }
}

const read = new Response('x')
await read.text()

describe('what a handler returned and nobody can send', () => {
  test.each<[what: string, value: unknown, message: string]>([
    ['a symbol', Symbol('x'), 'A handler returned a symbol, which has no JSON form'],
    [
      'a function',
      () => 1,
      'A handler returned a function, which has no JSON form. A middleware is made by a call, such as csrfTokenGuard().',
    ],
    [
      'a bigint',
      10n,
      'A handler returned a bigint, which has no JSON form. Return String(value), or Number(value) where it is small.',
    ],
    [
      'a bigint, inside, as databases give it',
      [{ id: 10n }],
      'What a handler returned contains a bigint, which has no JSON form. Return String(value), or Number(value) where it is small.',
    ],
    [
      'an error',
      new RangeError('x'),
      'A handler returned an Error. Throw it; HttpError has a status.',
    ],
    [
      'an error of another realm',
      runInContext('new Error("x")', createContext()),
      'A handler returned an Error. Throw it; HttpError has a status.',
    ],
    [
      'a map',
      new Map([[1, 2]]),
      'A handler returned a Map, which JSON writes as {}. Return Object.fromEntries(map), or [...map].',
    ],
    [
      'a set, inside',
      { tags: new Set(['a']) },
      'What a handler returned contains a Set, which JSON writes as {}. Return [...set].',
    ],
    [
      'headers',
      [new Headers()],
      'What a handler returned contains a Headers, which JSON writes as {}. Return Object.fromEntries(headers), or set them with Reply.',
    ],
    [
      'parameters of a query',
      { query: new URLSearchParams('a=1') },
      'What a handler returned contains a URLSearchParams, which JSON writes as {}. Return Object.fromEntries(parameters).',
    ],
    [
      'a form',
      { form: new FormData() },
      'What a handler returned contains a FormData, which JSON writes as {}. Return Object.fromEntries(form).',
    ],
    [
      'a promise, inside',
      { user: Promise.resolve(1) },
      'What a handler returned contains a Promise, which JSON writes as {}. Await it first.',
    ],
    [
      'an object of a class without fields',
      new Basket(),
      'A handler returned a Basket, which JSON writes as {}. Give the class a toJSON(), or return its parts.',
    ],
    [
      'an object of a class without a name',
      new (class extends Basket {
        static override readonly name: string = ''
      })(),
      'A handler returned an object of a class without a name, which JSON writes as {}. Give the class a toJSON(), or return its parts.',
    ],
    [
      'a failed response',
      Response.error(),
      'A handler returned Response.error(), which cannot be sent',
    ],
    ['a read response', read, 'A handler returned a Response whose body was already read'],
    [
      'a response of another class whose body is text',
      { status: 200, headers: new Map(), body: 'x', arrayBuffer() {} },
      'A handler returned a Response of another class whose body is no stream. Return its content: await response.arrayBuffer().',
    ],
    [
      'a read response of another class',
      { status: 200, headers: new Map(), body: null, bodyUsed: true, arrayBuffer() {} },
      'A handler returned a Response whose body was already read',
    ],
  ])('is told with what to return: %s', async (_, value, message) => {
    expect(await toldOf(value)).toEqual(new TypeError(message))
  })

  test.each<[what: string, value: unknown, text: string]>([
    ['an empty object', {}, '{}'],
    ['one without a prototype', { a: Object.create(null) as object }, '{"a":{}}'],
    ['one of another realm', runInContext('({ a: {} })', createContext()), '{"a":{}}'],
    ['an empty list', [[], {}], '[[],{}]'],
    [
      'a class with a field beside one without',
      { a: {}, b: new Date(0) },
      '{"a":{},"b":"1970-01-01T00:00:00.000Z"}',
    ],
  ])('is not what is empty by intent: %s', async (_, value, text) => {
    const { ask } = await open('app.fetch', { routes: [route.get('/', () => value)] })
    expect(await (await ask('/')).text()).toBe(text)
  })
})

test('a header that cannot be sent is named with who gave it and what a value may have', async () => {
  const rest =
    'cannot be sent: a name is a token, and a value has visible characters, spaces and Latin-1 letters only. Encode others: encodeURIComponent(value).'
  expect(await toldOf(new Response('x', { headers: { 'x-a': 'a\u0001b' } }))).toEqual(
    new TypeError(`A returned Response: the header "x-a" ${rest}`),
  )
  expect(() => new HttpError(400, 'x', { headers: { 'a b': '1' } })).toThrow(
    new TypeError(`HttpError: the header "a b" ${rest}`),
  )
  const { ask, failures } = await open('app.fetch', {
    routes: [
      route.get('/', [Reply], (reply) => {
        reply.headers.set('x-late', 'a\u007fb')
      }),
    ],
  })
  expect((await ask('/')).status).toBe(500)
  expect(failures).toEqual([new TypeError(`Reply: the header "x-late" ${rest}`)])
  const hooked = await open('app.fetch', {
    routes: [
      route.get('/', [Hooks], (hooks) => {
        hooks.afterHandler(({ response }) => response.headers.set('x-late', 'a\u007fb'))
      }),
    ],
  })
  expect((await hooked.ask('/')).status).toBe(500)
  expect(hooked.failures).toEqual([
    new TypeError(`A middleware or hook: the header "x-late" ${rest}`),
  ])
})

test.each([199, 600, 204.5, Number.NaN])(
  'a reply refuses the status %s where it is set',
  async (status) => {
    const { ask, failures } = await open('app.fetch', {
      routes: [
        route.get('/', [Reply], (reply) => {
          reply.status = status
        }),
      ],
    })
    expect((await ask('/')).status).toBe(500)
    expect(failures).toEqual([
      new RangeError(`The status of a reply is an integer from 200 to 599, not ${status}`),
    ])
  },
)

test.each([
  [399, '399'],
  [600, '600'],
  [404.5, '404.5'],
  [Number.NaN, 'NaN'],
  ['Gone.', '"Gone."'],
])('an HttpError refuses the status %s', (status, told) => {
  expect(() => new HttpError(status as number)).toThrow(
    new RangeError(
      `An HttpError has a status from 400 to 599, not ${told}: new HttpError(404, 'Not here.').`,
    ),
  )
})

test('what other frameworks take is refused with what to write', () => {
  const mistake = (given: unknown): never => given as never
  expect(() => redirect(mistake(302), mistake('/cart'))).toThrow(
    new TypeError("redirect takes the location first, as a text, not 302: redirect('/cart', 302)."),
  )
  expect(() => new Reply().cookie(mistake('theme'))).toThrow(
    new TypeError(
      `reply.cookie takes a Cookie, not "theme": reply.cookie(new Cookie('name', 'value')).`,
    ),
  )
  expect(() => new App({ routes: [] }).fetch(mistake(undefined))).toThrow(
    new TypeError(
      "app.fetch takes a Request, not undefined: new Request('https://shop.example/'). A test writes testClient(app).get('/'), of ingot/testing.",
    ),
  )
})
