/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a value or an error */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  App,
  Body,
  CookieValue,
  Header,
  Param,
  Query,
  route,
  type OnError,
} from '../../src/http/index.js'
import { parseFields, parseJson } from '../../src/http/parameters/parse-body.js'
import { converterTo, type TextType } from '../../src/http/request/conversion.js'
import { formLimitsOf } from '../../src/http/forms/form-limits.js'
import { parseForm } from '../../src/http/forms/parse-form.js'
import { kindOf } from '../../src/http/request/read-body.js'
import { growth, MOST_GROWTH } from './growth.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs, text } from './runs.js'

const TYPES: readonly TextType[] = [String, Number, Boolean, BigInt, Date, URL]

describe('a parameter', { timeout: FUZZ_TIMEOUT }, () => {
  const number = fc.oneof(fc.double().map(String), fc.bigInt().map(String), fc.float().map(String))
  const day = fc.date({ noInvalidDate: false }).map((date) => `${date.getTime() ? date : ''}`)
  const stamp = fc.date({ noInvalidDate: true }).map((date) => date.toISOString())
  const given = fc.oneof(
    text,
    number,
    day,
    stamp,
    mutated('2026-02-28T12:00:00.123+01:00', fc.constantFrom('9', '30', '-', 'Z', ':')),
    mutated('-12.5e+3', fc.constantFrom('0', 'e', '.', '-', '٣', '1')),
  )

  test('of any text is converted without loss, or refused with a message without the text', () => {
    const isFine = new Map<unknown, (value: never, sent: string) => boolean>([
      [String, (value: string, sent) => value === sent],
      [Number, (value: number, sent) => Number.isFinite(value) && Number(sent) === value],
      [Boolean, (value: boolean, sent) => ['true', '1'].includes(sent) === value],
      [BigInt, (value: bigint, sent) => BigInt(sent) === value],
      [Date, (value: Date, sent) => value.getTime() === Date.parse(sent)],
      [URL, (value: URL) => value instanceof URL],
    ])
    fc.assert(
      fc.property(given, fc.constantFrom(...TYPES), (sent, type) => {
        const { issues, ...result } = converterTo(type)(
          sent,
        ) as StandardSchemaV1.Result<unknown> & {
          value?: unknown
        }
        if (issues) expect(issues[0]!.message).toMatch(/^must be [ -~]+$/)
        else expect(isFine.get(type)!(result.value as never, sent)).toBe(true)
      }),
      runs(800),
    )
  })

  test.each(TYPES.map((type) => [String((type as { name?: string }).name), type] as const))(
    'that is to be a %s takes time in proportion to its length',
    async (_, type) => {
      const ratio = await growth(4000, (size) => {
        const units = ['1', '-', 'e', '.', '0.', ' ', 'a:', '2026-01-31T']
        const sent = units.map((unit) => unit.repeat(size / unit.length))
        return () => sent.map((each) => converterTo(type)(`1${each}`))
      })
      expect(ratio).toBeLessThan(MOST_GROWTH)
    },
  )
})

describe('a content type', { timeout: FUZZ_TIMEOUT }, () => {
  const TYPE = 'multipart/form-data; boundary="x"; charset=utf-8'

  test('is one of four kinds, whatever it is', () => {
    const given = fc.oneof(text, headerText, mutated(TYPE), mutated('application/a+json'))
    fc.assert(
      fc.property(given, (sent) => {
        expect(['json', 'form', 'text', 'other']).toContain(kindOf(sent))
      }),
      runs(300),
    )
  })

  test('takes time in proportion to its length', async () => {
    const ratio = await growth(4000, (size) => {
      const units = ['a/', '+json', ';charset=', ' ', '; ', 'a/a+json;']
      const sent = units.map((unit) => unit.repeat(size))
      return () => sent.map((each) => kindOf(`a/a${each}`))
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })
})

describe('a body', { timeout: FUZZ_TIMEOUT }, () => {
  const encoder = new TextEncoder()
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const MULTIPART = `${part('a', '1')}${part('f"; filename="b.txt', 'file')}--x--\r\n`

  test.each<[string, string, (size: number) => string]>([
    ['JSON of many keys', 'application/json', many((n) => `"${n}":0`, ',', '{', '}')],
    ['JSON of deep lists', 'application/json', (size) => '['.repeat(size) + ']'.repeat(size)],
    ['JSON with escapes', 'application/json', many((n) => `"\\u0061${n}":0`, ',', '{', '}')],
    ['JSON that ends early', 'application/json', (size) => '{"a":'.repeat(size)],
    ['a form of many fields', 'application/x-www-form-urlencoded', many((n) => `${n}=`, '&')],
    ['a form of one field', 'application/x-www-form-urlencoded', many(() => 'a=1', '&')],
    ['a form of escapes', 'application/x-www-form-urlencoded', (size) => 'a=%zz%41'.repeat(size)],
    [
      'a form in parts',
      'multipart/form-data; boundary=x',
      many((n) => part(`${n}`, ''), '', '', '--x--\r\n'),
    ],
    ['a form of boundaries', 'multipart/form-data; boundary=x', (size) => '--x\r\n'.repeat(size)],
    [
      'a form of nearly boundaries',
      'multipart/form-data; boundary=x',
      (size) => part('a', '\r\n--'.repeat(size)),
    ],
  ])('takes time in proportion to its length: %s [DS-08]', async (_, contentType, make) => {
    const unlimited = { ...formLimitsOf(), parts: Infinity, files: Infinity }
    const ratio = await growth(1500, (size) => {
      const bytes = encoder.encode(make(size))
      if (contentType === 'application/json') return () => parseJson(bytes)
      return async () => parseFields(parseForm(bytes, contentType, unlimited))
    })
    expect(ratio).toBeLessThan(MOST_GROWTH)
  })

  test('of any bytes is accepted or refused with a 4xx, whatever the rest of the request [PP-01]', async () => {
    const { app, errors } = echo()
    const contentType = fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/problem+json; charset=utf-8',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'multipart/form-data',
        'text/plain',
      ),
      mutated('multipart/form-data; boundary="x"').filter(isHeader),
      headerText,
    )
    const json = fc.oneof(
      fc.json(),
      mutated('{"a":{"__proto__":{"isAdmin":true}},"b":[1e9,"\\ud800"]}'),
    )
    const form = mutated('a=1&__proto__=2&a=%zz&constructor[prototype][x]=1&b=%F0%9F%98%80')
    const body = fc.oneof(
      fc.oneof(json, form, mutated(MULTIPART), text).map((given) => encoder.encode(given)),
      fc.uint8Array({ maxLength: 60 }),
    )
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(
        contentType,
        body,
        fc.constantFrom('any', 'text', 'bytes', 'list', 'form', 'number'),
        async (type, bytes, kind) => {
          const response = await app.fetch(
            new Request(`http://shop.test/${kind}`, {
              method: 'POST',
              headers: { 'content-type': type },
              body: bytes as Uint8Array<ArrayBuffer>,
            }),
          )
          statuses.add(response.status)
          expect([200, 400, 415]).toContain(response.status)
          const answer = await response.text()
          expect(() => JSON.parse(answer) as unknown).not.toThrow()
          expect(errors).toEqual([])
          expect(isPrototypeClean()).toBe(true)
        },
      ) as never,
      runs(400),
    )
    expect([...statuses].toSorted((one, other) => one - other)).toEqual([200, 400, 415])
  })

  test('with a million levels of JSON is accepted or refused, and nothing overflows [DS-08]', async () => {
    const { app, errors } = echo()
    for (const deep of ['['.repeat(500_000) + ']'.repeat(500_000), '{"\\u0061":'.repeat(95_000)]) {
      const headers = { 'content-type': 'application/json' }
      const request = new Request('http://shop.test/list', { method: 'POST', headers, body: deep })
      expect([200, 400]).toContain((await app.fetch(request)).status)
    }
    expect(errors).toEqual([])
  })
})

describe('every place of a request at once', { timeout: FUZZ_TIMEOUT }, () => {
  test('is read or listed as bad in one 400, whatever is in it', async () => {
    const { app, errors } = echo()
    const sent = fc.oneof(text, mutated('1'), mutated('2026-01-31'))
    await fc.assert(
      fc.asyncProperty(sent, sent, headerText, headerText, async (path, query, header, cookie) => {
        const url = `http://shop.test/parameters/${encoded(path)}?n=${encoded(query)}&tag=${encoded(path)}`
        const headers = { 'x-number': header, cookie: `flag=${cookie}` }
        const response = await app.fetch(new Request(url, { headers }))
        expect([200, 400, 404]).toContain(response.status)
        const answer = (await response.json()) as { errors?: { in: string }[] }
        for (const each of answer.errors ?? [])
          expect(['path', 'query', 'header', 'cookie']).toContain(each.in)
        expect(errors).toEqual([])
      }) as never,
      runs(300),
    )
  })
})

/** An application that responds with its input. */
function echo() {
  const errors: unknown[] = []
  const onError: OnError = (error) => void errors.push(error)
  const shown = (value: unknown) => ({ kind: typeof value })
  const routes = [
    route.post('/any', [Body()], shown),
    route.post('/text', [Body(String)], shown),
    route.post('/bytes', [Body(Uint8Array)], shown),
    route.post('/list', [Body(Array)], shown),
    route.post('/number', [Body(Number)], shown),
    route.post('/form', [FormData], shown),
    route.get(
      '/parameters/:n',
      [
        Param('n', Number),
        Query('n', Date),
        Query('tag', [BigInt]),
        Header('x-number', Number),
        CookieValue('flag', Boolean),
      ],
      () => ({}),
    ),
  ]
  return { app: new App({ routes, onError }), errors }
}

function many(each: (index: number) => string, between: string, before = '', after = '') {
  return (size: number) =>
    before + Array.from({ length: size }, (_, index) => each(index)).join(between) + after
}

function encoded(given: string): string {
  return given.replaceAll(/[\s\p{Surrogate}#?/\\%]/gu, (unit) =>
    unit === '%' ? '%' : encodeURIComponent('\ufffd'),
  )
}

function isHeader(given: string): boolean {
  try {
    return new Headers({ a: given }).has('a')
  } catch {
    return false
  }
}
