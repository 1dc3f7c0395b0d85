import { describe, expect, test } from 'vitest'
import { DIError, optional, scoped } from '../../../src/di/index.js'
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
} from '../../../src/http/index.js'

import { bad, even, faults, given, json, schema } from './given.js'
import { withoutSites } from '../../di/world.js'

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
  ])('rejects %j', async (text) => {
    const path = `/?n=${encodeURIComponent(text)}`
    expect(await given(Query('n', Number), path)).toEqual(bad('n', 'must be a number'))
  })

  test('rejects an integer that would become another one', async () => {
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
    const digits = '9'.repeat(1000)
    expect(await given(Query('n', BigInt), `/?n=${digits}`)).toBe(BigInt(digits))
    expect(await given(Query('n', BigInt), `/?n=${digits}9`)).toEqual(
      bad('n', 'must be an integer of at most 1000 digits'),
    )
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

  test('a class is built from the text, and rejects it by throwing', async () => {
    class Sku {
      constructor(readonly text: string) {
        if (!/^[a-z]+$/.test(text)) throw new RangeError(`secret reason for ${text}`)
      }
    }
    expect(await given(Query('sku', Sku), '/?sku=tea')).toEqual(new Sku('tea'))
    expect(await given(Query('sku', Sku), '/?sku=1')).toEqual(bad('sku', 'must be a valid Sku'))
    expect(await given(Query('url', URL), '/?url=http://a/b')).toEqual(new URL('http://a/b'))
  })

  test('a list takes every value, and the error names the bad ones', async () => {
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

  test('fails ready() when its type does not exist at run time', async () => {
    @Controller()
    class Erased {
      @Post('/x') create(@Query('n') _n: number | undefined, @Body() _body: Typed) {}
    }
    const error: unknown = await new App({ routes: [Erased] })
      .ready()
      .catch((thrown: unknown) => thrown)
    expect((error as DIError).errors.map(({ message }) => withoutSites(message))).toEqual([
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

  test('gets one 400 that names all of them, in the order of the parameters', async () => {
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

  test('builds nothing from a bad value, and the 400 names the fields of components, too', async () => {
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
