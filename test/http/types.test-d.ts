import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expectTypeOf, test } from 'vitest'
import { inject, Inject, optional, scoped, type Resolved } from '../../src/di/index.js'
import {
  Body,
  Controller,
  Cookies,
  CookieValue,
  Get,
  Header,
  Next,
  Param,
  Query,
  Reply,
  route,
} from '../../src/http/index.js'

declare const user: StandardSchemaV1<unknown, { name: string }>
class Sku {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  get text() {
    return this.#text
  }
}

describe('markers', () => {
  test('stand for what they convert to', () => {
    const values = {
      text: Param('a'),
      number: Query('a', Number),
      flag: Query('a', Boolean),
      big: Query('a', BigInt),
      day: Header('a', Date),
      sku: CookieValue('a', Sku),
      list: Query('a', [Number]),
      schema: Query('a', user),
      json: Body(),
      bytes: Body(Uint8Array),
      body: Body(user),
      missing: optional(Query('a', Number)),
    }
    type Got = { [Name in keyof typeof values]: Resolved<(typeof values)[Name]> }
    expectTypeOf<Got>().toEqualTypeOf<{
      text: string
      number: number
      flag: boolean
      big: bigint
      day: Date
      sku: Sku
      list: number[]
      schema: { name: string }
      json: unknown
      bytes: Uint8Array
      body: { name: string }
      missing: number | undefined
    }>()
  })

  test('take constructors and Standard Schemas only', () => {
    // @ts-expect-error - a word is no type
    Query('a', 'number')
    // @ts-expect-error - an object that is no schema
    Query('a', { validate() {} })
    // @ts-expect-error - a body with a shape needs a schema
    Body(Sku)
  })
})

describe('route functions', () => {
  test('infer the parameters of the handler', () => {
    route.get('/:sku', [Cookies, Param('sku'), Query('n', Number)], (cookies, sku, n) => {
      expectTypeOf(cookies).toEqualTypeOf<Cookies>()
      expectTypeOf(sku).toEqualTypeOf<string>()
      expectTypeOf(n).toEqualTypeOf<number>()
    })
    route.post('/', [Request, Headers, URL, URLSearchParams, FormData, AbortSignal], (...web) => {
      expectTypeOf(web).toEqualTypeOf<
        [Request, Headers, URL, URLSearchParams, FormData, AbortSignal]
      >()
    })
  })

  test('take handlers that need fewer values, and those of inject', () => {
    route.get('/', [Cookies, Query('n', Number)], () => 'x')
    route.get('/', [Query('n', Number), Cookies], (n: number) => n)
    route.get('/', () => 'x')
    route.get(
      '/',
      inject([Query('n', Number)], (n) => n),
    )
  })

  test('reject handlers that the tokens do not fit', () => {
    // @ts-expect-error - a number is injected
    route.get('/', [Query('n', Number)], (n: string) => n)
    // @ts-expect-error - the order is swapped
    route.get('/', [Query('n', Number), Cookies], (cookies: Cookies, n: number) => [cookies, n])
    // @ts-expect-error - one value is missing
    route.get('/', [Cookies], (cookies: Cookies, reply: Reply) => [cookies, reply])
    // @ts-expect-error - it may be undefined
    route.get('/', [optional(Cookies)], (cookies: Cookies) => cookies)
    // @ts-expect-error - a text is no token
    route.get('/', ['Cookies'], (cookies: string) => cookies)
  })
})

describe('inject', () => {
  test('keeps what the function returns', () => {
    expectTypeOf(inject([Query('n', Number)], (n) => [n])).toEqualTypeOf<(n: number) => number[]>()
    expectTypeOf(inject([Body()], () => 'x')).returns.toEqualTypeOf<string>()
  })
})

describe('decorators', () => {
  test('go together on methods', () => {
    @Controller('/x')
    class Fits {
      @Get() @Inject(Cookies, Query('n', Number)) list(cookies: Cookies, n: number) {
        return [cookies, n]
      }
      @Get('/:a') show(@Param('a', Number) a: number, reply: Reply) {
        return [a, reply]
      }
      // @ts-expect-error - a number is injected
      @Get('/b') @Inject(Query('n', Number)) wrong(n: string) {
        return n
      }
    }
    return Fits
  })

  test('are not for fields', () => {
    class Wrong {
      // @ts-expect-error - a field is no handler
      @Get() field = 1
    }
    return Wrong
  })
})

describe('Next', () => {
  test('is a function, asked for by its class', () => {
    inject([Next], async (next) => {
      expectTypeOf(await next()).toEqualTypeOf<Response>()
    })
    inject([Next], (next: Next) => next())
  })
})

describe('scoped', () => {
  test('takes a function that needs none of the values', () => {
    scoped(Sku, [Query('sku')], () => new Sku('x'))
  })
})
