import { describe, expect, test } from 'vitest'
import { Body, CookieValue, Header, Query, route } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { open, ways } from '../response/ways.js'
import { bad, given } from './given.js'

const nested = (levels: number, [opening, closing] = ['[', ']'] as [string, string]) =>
  opening.repeat(levels) + closing.repeat(levels)

const NUMBER = 'has a number that JSON cannot carry, such as -0 or 1e999'

describe.each(ways)('what a visitor sends as JSON, by %s', (way) => {
  const store = async () =>
    open(way, {
      components: [sessions(new MemoryStore({ name: 'sid' }))],
      routes: [
        route.post('/', [Session, Body()], (session, body) => {
          session.set('kept', body)
          return session.get('kept')
        }),
      ],
    })
  const send = (body: string) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

  test.each([
    '-0',
    '1e999',
    '-1e999',
    '[-0.0]',
    '{"a":[1,-0e5]}',
    `1${'0'.repeat(400)}`,
    '-1e-999',
  ])('is a 400 for a number that no session can keep: %s [S7]', async (text) => {
    const { ask, failures } = await store()
    const response = await ask('/', send(text))
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ in: 'body', detail: NUMBER }] },
    ])
    expect(failures).toEqual([])
  })

  test.each([
    '0',
    '-1',
    '[1e21,5e-324,-0.5]',
    '["-0 1e999"]',
    '{"-0":"1e9999"}',
    '{"at":"2026-01-01T00:00:00-03:00"}',
  ])('is kept as it is: %s [S7]', async (text) => {
    const { ask } = await store()
    expect(await (await ask('/', send(text))).json()).toEqual(JSON.parse(text))
  })

  test('is nested as deep as a session can keep, and no deeper [S7]', async () => {
    const { ask, failures } = await store()
    const statuses = async (text: string) => (await ask('/', send(text))).status
    expect(await statuses(nested(100))).toBe(200)
    expect(await statuses(nested(99, ['{"a":', '}']).replace(':}', ':1}'))).toBe(200)
    expect(await statuses(nested(101))).toBe(400)
    expect(await statuses(nested(150))).toBe(400)
    expect(await statuses(nested(150, ['{"a":[', ']}']))).toBe(400)
    // Not nested, though there are as many brackets.
    expect(await statuses(JSON.stringify(Array.from({ length: 600 }, () => ({}))))).toBe(200)
    expect(await statuses(JSON.stringify(['[{'.repeat(400), '"\\['.repeat(400)]))).toBe(200)
    expect(await statuses(`["${'['.repeat(400)}`)).toBe(400)
    expect(await statuses(`["${'\\'.repeat(401)}`)).toBe(400)
    expect(failures).toEqual([])
  })

  test('forges no line of a log by its keys, and fills none [S7]', async () => {
    const { ask, failures } = await open(way, {
      components: [sessions(new MemoryStore({ name: 'sid' }))],
      routes: [
        route.post('/', [Session, Body()], (session, body) => {
          const [key] = Object.keys(body as object)
          session.set('form', { [key!]: Symbol('cannot be stored') })
        }),
        route.post('/key', [Session, Body()], (session, body) => {
          const [key] = Object.keys(body as object)
          session.set(key!, Number.NaN)
        }),
      ],
    })
    const keys = [
      'a\r\n2026-11-28 ERROR forged',
      '\u001b[2K\u2028forged\u202e',
      'k'.repeat(900_000),
    ]
    for (const path of ['/', '/key']) {
      for (const key of keys) {
        const response = await ask(path, send(JSON.stringify({ [key]: 1 })))
        expect(response.status).toBe(500)
      }
    }
    expect(failures).toHaveLength(6)
    for (const failure of failures as (Error & { path?: string })[]) {
      expect(failure.message).not.toMatch(/[\u0000-\u001f\u2028\u202e]/)
      expect(failure.message.length).toBeLessThan(800)
      expect(failure.path?.length ?? 0).toBeLessThan(800)
    }
  })
})

test('texts of the path, query, headers and cookies follow the same rule for numbers [S7]', async () => {
  for (const text of ['-0', '-0.0', '1e999', '-1e999', '-1e-999']) {
    const query = await given(Query('n', Number), `/?n=${text}`)
    expect(query).toEqual(bad('n', 'must be a number'))
    const header = await given(Header('n', Number), '/', { headers: { n: text } })
    expect(header).toEqual(bad('n', 'must be a number', 'header'))
    const cookie = await given(CookieValue('n', Number), '/', { headers: { cookie: `n=${text}` } })
    expect(cookie).toEqual(bad('n', 'must be a number', 'cookie'))
  }
})

test('a 400 cuts the name of a field that a visitor made up [S7]', async () => {
  const long = 'k'.repeat(900_000)
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: unknown) => ({
        issues: [{ message: 'is unknown', path: [Object.keys(value as object)[0]!] }],
      }),
    },
  } as const
  const { ask } = await open('app.fetch', {
    routes: [route.post('/', [Body(schema)], () => 'never')],
  })
  const headers = { 'content-type': 'application/json' }
  const response = await ask('/', { method: 'POST', headers, body: `{"${long}":1}` })
  expect((await response.text()).length).toBeLessThan(1000)
})

test.each([
  [[Body(String)], 'application/json', '1', 415],
  [[Body(String)], 'text/plain; charset=latin1', 'x', 415],
  [[FormData], 'text/plain', 'a=1', 415],
  [[Body()], 'text/html', 'a=1', 415],
  [[Body(String)], 'text/plain', Uint8Array.of(0xff, 0xfe), 400],
  [[Body()], 'application/json', Uint8Array.of(0x22, 0xff, 0x22), 400],
] as const)(
  'a body of another kind is a 415, and a text that is not UTF-8 a 400: %#',
  async (tokens, type, body, status) => {
    for (const way of ways) {
      const { ask } = await open(way, { routes: [route.post('/', [...tokens], () => 'never')] })
      const headers = { 'content-type': type }
      expect((await ask('/', { method: 'POST', headers, body })).status).toBe(status)
    }
  },
)
