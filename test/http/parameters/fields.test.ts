import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, test } from 'vitest'
import { DIError, inject, optional, scoped, type AnyToken } from '../../../src/di/index.js'
import {
  App,
  Body,
  Controller,
  CookieValue,
  Get,
  Header,
  Param,
  Post,
  Query,
  route,
  type FieldError,
} from '../../../src/http/index.js'

/** A schema by hand: what zod, valibot and arktype offer. */
function schema<Output>(
  validate: (
    value: unknown,
  ) => StandardSchemaV1.Result<Output> | Promise<StandardSchemaV1.Result<Output>>,
): StandardSchemaV1<unknown, Output> {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

const even = schema<number>((value) =>
  Number(value) % 2 === 0
    ? { value: Number(value) }
    : { issues: [{ message: 'must be an even number' }] },
)

/** What a handler gets for one token. */
async function given(token: AnyToken, path = '/', init?: RequestInit): Promise<unknown> {
  let got: unknown
  const handler = inject([token], (value) => {
    got = value
  })
  const app = new App({ routes: [route.get('/', handler), route.post('/', handler)] })
  const response = await app.fetch(new Request(`http://localhost${path}`, init))
  return response.status === 204 ? got : faults(response)
}

async function faults(response: Response): Promise<unknown> {
  const body = (await response.json()) as { status: number; errors?: FieldError[] }
  expect(body.status).toBe(response.status)
  return { status: response.status, errors: body.errors }
}

const bad = (name: string, detail: string, place: FieldError['in'] = 'query') => ({
  status: 400,
  errors: [{ in: place, name, detail }],
})

const post = (body: NonNullable<RequestInit['body']>, type?: string): RequestInit => ({
  method: 'POST',
  body,
  ...(type !== undefined && { headers: { 'content-type': type } }),
})
const json = (value: unknown) => post(JSON.stringify(value), 'application/json')

describe('a field without a type', () => {
  test('is the text as it was sent', async () => {
    expect(await given(Query('q'), '/?q=a%20b+c&q=2')).toBe('a b c')
    expect(await given(Query('q'), '/?q=')).toBe('')
    expect(await given(Header('X-Id'), '/', { headers: { 'x-id': '7' } })).toBe('7')
    expect(await given(CookieValue('c'), '/', { headers: { cookie: 'c=%41' } })).toBe('A')
  })

  test('is required', async () => {
    expect(await given(Query('q'))).toEqual(bad('q', 'is required'))
    expect(await given(Header('X-Id'))).toEqual(bad('x-id', 'is required', 'header'))
    expect(await given(CookieValue('c'))).toEqual(bad('c', 'is required', 'cookie'))
  })

  test('is undefined when it is optional and was not sent', async () => {
    expect(await given(optional(Query('q', Number)))).toBeUndefined()
    expect(await given(optional(Header('x-id')))).toBeUndefined()
    expect(await given(optional(Query('q', Number)), '/?q=')).toEqual(bad('q', 'must be a number'))
  })
})

describe('Number', () => {
  test.each([
    ['0', 0],
    ['-1.5', -1.5],
    ['1e3', 1000],
    ['007', 7],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('takes %s', async (text, value) => {
    expect(await given(Query('n', Number), `/?n=${text}`)).toBe(value)
  })

  test.each([
    '',
    'abc',
    'Infinity',
    'NaN',
    '0x10',
    '1_000',
    '1,5',
    ' 1',
    '1 ',
    '+1',
    '.5',
    '1e999',
  ])('refuses %j', async (text) => {
    const path = `/?n=${encodeURIComponent(text)}`
    expect(await given(Query('n', Number), path)).toEqual(bad('n', 'must be a number'))
  })

  test('refuses an integer that would become another one', async () => {
    expect(await given(Query('n', Number), '/?n=9007199254740993')).toEqual(
      bad('n', 'must be a number that can be held exactly'),
    )
  })
})

describe('other constructors', () => {
  test('Boolean takes true, false, 1 and 0 only', async () => {
    const values = ['true', '1', 'false', '0'].map((text) =>
      given(Query('b', Boolean), `/?b=${text}`),
    )
    expect(await Promise.all(values)).toEqual([true, true, false, false])
    expect(await given(Query('b', Boolean), '/?b=yes')).toEqual(
      bad('b', 'must be true, false, 1 or 0'),
    )
  })

  test('BigInt takes integers of any size', async () => {
    expect(await given(Query('n', BigInt), '/?n=-9007199254740993')).toBe(-9_007_199_254_740_993n)
    expect(await given(Query('n', BigInt), '/?n=1.5')).toEqual(bad('n', 'must be an integer'))
  })

  test('Date takes days and RFC 3339 times that exist', async () => {
    expect(await given(Query('d', Date), '/?d=2024-02-29')).toEqual(new Date('2024-02-29'))
    expect(await given(Query('d', Date), '/?d=2024-02-29T12:00:00.5Z')).toEqual(
      new Date('2024-02-29T12:00:00.500Z'),
    )
    for (const text of ['2023-02-29', '1', 'today', '2024-02-29T12:00', '2024-13-01', '']) {
      expect(await given(Query('d', Date), `/?d=${text}`)).toEqual(
        bad('d', 'must be a date as in 2026-01-31 or 2026-01-31T12:00:00Z'),
      )
    }
  })

  test('a class is made from the text, and refuses it by throwing', async () => {
    class Sku {
      constructor(readonly text: string) {
        if (!/^[a-z]+$/.test(text)) throw new RangeError(`secret reason for ${text}`)
      }
    }
    expect(await given(Query('sku', Sku), '/?sku=tea')).toEqual(new Sku('tea'))
    expect(await given(Query('sku', Sku), '/?sku=1')).toEqual(bad('sku', 'must be a valid Sku'))
    expect(await given(Query('url', URL), '/?url=http://a/b')).toEqual(new URL('http://a/b'))
  })

  test('a list takes every value, and names what is bad in it', async () => {
    expect(await given(Query('n', [Number]), '/?n=1&n=2')).toEqual([1, 2])
    expect(await given(Query('n', [Number]))).toEqual([])
    expect(await given(Query('n', [Number]), '/?n=1&n=x')).toEqual(bad('n', 'must be a number'))
  })
})

describe('a Standard Schema', () => {
  test('converts, and says what is wrong', async () => {
    expect(await given(Query('n', even), '/?n=4')).toBe(4)
    expect(await given(Query('n', even), '/?n=5')).toEqual(bad('n', 'must be an even number'))
    expect(await given(Query('n', even))).toEqual(bad('n', 'is required'))
  })

  test('may have a default for what was not sent', async () => {
    const page = schema<number>((value) => ({ value: value === undefined ? 1 : Number(value) }))
    expect(await given(Query('page', page))).toBe(1)
    expect(await given(Query('page', page), '/?page=3')).toBe(3)
  })

  test('may be asynchronous', async () => {
    const known = schema<string>(async (value) =>
      value === 'tea' ? { value } : { issues: [{ message: 'must be known' }] },
    )
    expect(await given(Query('sku', known), '/?sku=tea')).toBe('tea')
    expect(await given(Query('sku', known), '/?sku=x')).toEqual(bad('sku', 'must be known'))
    expect(await given(Query('sku', [known]), '/?sku=tea&sku=tea')).toEqual(['tea', 'tea'])
  })
})

describe('a decorated parameter', () => {
  @Controller()
  class Typed {
    @Get('/:id/typed') typed(
      @Param('id') id: number,
      @Query('on') on: boolean,
      @Query('day') day: Date,
      @Query('q') q: string,
    ) {
      return [id, on, day, q]
    }
  }

  test('converts to its own type', async () => {
    const app = new App({ routes: [Typed] })
    const path = '/7/typed?on=1&day=2024-01-01&q=8'
    const response = await app.fetch(new Request(`http://localhost${path}`))
    expect(await response.json()).toEqual([7, true, '2024-01-01T00:00:00.000Z', '8'])
  })

  test('is refused by ready() when its type is gone at run time', async () => {
    @Controller()
    class Erased {
      @Post('/x') create(@Query('n') _n: number | undefined, @Body() _body: Typed) {}
    }
    const error: unknown = await new App({ routes: [Erased] })
      .ready()
      .catch((thrown: unknown) => thrown)
    expect((error as DIError).errors.map(({ message }) => message)).toEqual([
      [
        "DI_ERASED (POST /x): Query('n') cannot tell what to convert to: the parameter's type is Object at run time.",
        '  Erased.create',
        "  └─ Query('n')",
        "Give it a type: Query('n', String), or a schema; a list is Query('n', [String]).",
      ].join('\n'),
      [
        "DI_ERASED (POST /x): Body() cannot tell what to convert to: the parameter's type is Typed at run time.",
        '  Erased.create',
        '  └─ Body()',
        'Give it a schema: Body(schema).',
      ].join('\n'),
    ])
  })
})

describe('a request with bad fields', () => {
  const login = schema<{ name: string }>((value) => {
    const { name, address } = value as { name?: unknown; address?: unknown }
    const issues = [
      ...(typeof name === 'string' ? [] : [{ message: 'must be a text', path: ['name'] }]),
      ...(address === undefined ? [{ message: 'is required', path: ['address', { key: 0 }] }] : []),
    ]
    return issues.length > 0 ? { issues } : { value: value as { name: string } }
  })

  test('is answered with one 400 that names every one, in the order they are asked for', async () => {
    const ran: string[] = []
    const app = new App({
      routes: [
        route.post(
          '/items/:id',
          [
            Param('id', Number),
            Query('n', Number),
            Header('x-id'),
            CookieValue('c', even),
            Body(login),
          ],
          () => void ran.push('handler'),
        ),
      ],
    })
    const request = new Request('http://localhost/items/x?n=y', json({ name: 1 }))
    const response = await app.fetch(request)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      title: 'Bad Request',
      status: 400,
      detail: 'Some fields of the request do not fit',
      errors: [
        { in: 'path', name: 'id', detail: 'must be a number' },
        { in: 'query', name: 'n', detail: 'must be a number' },
        { in: 'header', name: 'x-id', detail: 'is required' },
        { in: 'cookie', name: 'c', detail: 'is required' },
        { in: 'body', name: 'name', detail: 'must be a text' },
        { in: 'body', name: 'address.0', detail: 'is required' },
      ],
    })
    expect(ran).toEqual([])
  })

  test('makes nothing from a value that does not fit, and names the fields of components, too', async () => {
    const made: unknown[] = []
    class Page {
      constructor(readonly number: number) {}
    }
    const page = scoped(Page, [Query('page', Number)], (number) => {
      made.push(number)
      return new Page(number)
    })
    const app = new App({
      components: [page],
      routes: [route.get('/', [Page, Query('n', Number)], () => 'never')],
    })
    const response = await app.fetch(new Request('http://localhost/?page=x&n=y'))
    expect(await faults(response)).toEqual({
      status: 400,
      errors: [
        { in: 'query', name: 'page', detail: 'must be a number' },
        { in: 'query', name: 'n', detail: 'must be a number' },
      ],
    })
    expect(made).toEqual([])
  })
})

describe('Body', () => {
  test('is JSON, with or without a charset, in any +json type', async () => {
    expect(await given(Body(), '/', json({ a: [1] }))).toEqual({ a: [1] })
    for (const type of ['application/json; charset=UTF-8', 'Application/Merge-Patch+JSON']) {
      expect(await given(Body(), '/', post('{"a":1}', type))).toEqual({ a: 1 })
    }
  })

  test('is a form as an object of its fields', async () => {
    const form = new URLSearchParams([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
    ])
    expect(await given(Body(), '/', post(form))).toEqual({ a: '1', b: ['2', '3'] })
    const multipart = new FormData()
    multipart.set('a', 'ä')
    expect(await given(Body(), '/', post(multipart))).toEqual({ a: 'ä' })
  })

  test('is text or bytes when it is asked for so', async () => {
    expect(await given(Body(String), '/', post('hällo'))).toBe('hällo')
    expect(await given(Body(Uint8Array), '/', post(new Uint8Array([1, 2]), 'image/png'))).toEqual(
      new Uint8Array([1, 2]),
    )
  })

  test('is checked against a constructor', async () => {
    expect(await given(Body(Array), '/', json([1]))).toEqual([1])
    expect(await given(Body(Array), '/', json({}))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'must be a list' }],
    })
  })

  test('is required unless it is optional', async () => {
    const missing = { status: 400, errors: [{ in: 'body', detail: 'is required' }] }
    expect(await given(Body(), '/', { method: 'POST' })).toEqual(missing)
    expect(await given(Body(even), '/', { method: 'POST' })).toEqual(missing)
    expect(await given(optional(Body()), '/', { method: 'POST' })).toBeUndefined()
  })

  test.each(['{"a":', '', ' ', 'undefined', '{"a":1}x', '\ud800"'])(
    'refuses %j as JSON',
    async (text) => {
      const { status } = (await given(Body(), '/', post(text, 'application/json'))) as Response
      expect(status).toBe(400)
    },
  )

  test('refuses bytes that are no UTF-8', async () => {
    const body = new Uint8Array([0x22, 0xff, 0x22])
    expect(await given(Body(), '/', post(body, 'application/json'))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'is not valid JSON' }],
    })
  })

  test.each(['{"__proto__":{"isAdmin":true}}', '{"a":[{"\\u005f_proto__":1}]}'])(
    'refuses %s [PP-01]',
    async (text) => {
      expect(await given(Body(), '/', post(text, 'application/json'))).toEqual({
        status: 400,
        errors: [{ in: 'body', detail: 'has a key __proto__' }],
      })
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    },
  )

  test('refuses a form with a field __proto__ [PP-01]', async () => {
    expect(await given(Body(), '/', post(new URLSearchParams({ ['__proto__']: 'x' })))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'has a key __proto__' }],
    })
  })

  test.each([undefined, 'text/plain', 'application/xml', 'application/json; charset=utf-16'])(
    'answers 415 for the content type %s',
    async (type) => {
      const body = new Uint8Array([0x7b, 0x7d])
      expect(await given(Body(), '/', post(body, type))).toEqual({ status: 415, errors: undefined })
    },
  )

  test('answers 415 for a compressed body', async () => {
    const init = json({})
    const headers = { ...(init.headers as object), 'content-encoding': 'gzip' }
    expect(await given(Body(), '/', { ...init, headers })).toEqual({
      status: 415,
      errors: undefined,
    })
  })

  test('cannot be read by two who ask', async () => {
    const app = new App({ routes: [route.post('/', [Body(), FormData], () => 'never')] })
    await expect(app.ready()).rejects.toThrow(
      'DI_BODY_TWICE (POST /): the body of a request can be read once, but Body() and FormData each read it.',
    )
  })
})

describe('the body limit', () => {
  const app = (limit: number) =>
    new App({ bodyLimit: limit, routes: [route.post('/', [Body(String)], (body) => body)] })
  const streamed = (chunks: number) => {
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (pulled++ < chunks) controller.enqueue(new Uint8Array(10).fill(0x61))
        else controller.close()
      },
    })
    return { init: { method: 'POST', body, duplex: 'half' } as RequestInit, pulled: () => pulled }
  }

  test('lets a body through that has exactly as many bytes', async () => {
    const response = await app(20).fetch(new Request('http://localhost/', streamed(2).init))
    expect(await response.text()).toBe('a'.repeat(20))
  })

  test('refuses a Content-Length over it before reading', async () => {
    const { init, pulled } = streamed(1)
    const headers = { 'content-length': '21' }
    const before = new Request('http://localhost/', { ...init, headers })
    const response = await app(20).fetch(before)
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      title: 'Content Too Large',
      status: 413,
      detail: 'The body may have 20 bytes at most',
    })
    expect(pulled()).toBeLessThan(2)
  })

  test('stops reading as soon as it is passed', async () => {
    const { init, pulled } = streamed(1000)
    const response = await app(20).fetch(new Request('http://localhost/', init))
    expect(response.status).toBe(413)
    expect(pulled()).toBeLessThan(10)
  })

  test('is 1 MiB when nothing is said', async () => {
    const standard = new App({ routes: [route.post('/', [Body(String)], (body) => body.length)] })
    const request = (size: number) =>
      new Request('http://localhost/', post('a'.repeat(size), 'text/plain'))
    expect((await standard.fetch(request(1_048_576))).status).toBe(200)
    expect((await standard.fetch(request(1_048_577))).status).toBe(413)
  })

  test.each([Number.NaN, -1, 1.5])('is refused when it is %s, which limits nothing', (limit) => {
    expect(() => app(limit)).toThrow(
      new RangeError(`App: bodyLimit must be a whole number of bytes or Infinity, not ${limit}.`),
    )
  })

  test('is not raised by a polluted Object.prototype [PP-09]', async () => {
    const polluted = Object.prototype as Record<string, unknown>
    polluted['bodyLimit'] = 1e9
    try {
      const standard = new App({ routes: [route.post('/', [Body(String)], () => 'read')] })
      const big = post('a'.repeat(1_048_577), 'text/plain')
      expect((await standard.fetch(new Request('http://localhost/', big))).status).toBe(413)
    } finally {
      delete polluted['bodyLimit']
    }
  })

  test('answers 400 when the body breaks off', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('gone'))
      },
    })
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const response = await app(20).fetch(new Request('http://localhost/', init))
    expect(await response.json()).toEqual({
      title: 'Bad Request',
      status: 400,
      detail: 'The body could not be read to its end',
    })
  })
})

describe('FormData', () => {
  test('is the form in the body', async () => {
    const form = new FormData()
    form.set('file', new File(['content'], 'a.txt'))
    const got = (await given(FormData, '/', post(form))) as FormData
    expect(await (got.get('file') as File).text()).toBe('content')
  })

  test('is refused when it is malformed or something else', async () => {
    const type = 'multipart/form-data; boundary=x'
    expect(await given(FormData, '/', post('nonsense', type))).toEqual({
      status: 400,
      errors: [{ in: 'body', detail: 'is not a valid form' }],
    })
    expect(await given(FormData, '/', json({}))).toEqual({ status: 415, errors: undefined })
  })
})
