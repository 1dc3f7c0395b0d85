import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import type { H3Event } from 'h3'
import type { Context as HonoContext, MiddlewareHandler, Next as HonoNext } from 'hono'
import type { Context as KoaContext, Middleware, Next as KoaNext } from 'koa'
import { describe, expectTypeOf, test } from 'vitest'
import type { Handle as HandleExpress } from '../../src/adapters/express.js'
import type { Handle as HandleFastify } from '../../src/adapters/fastify.js'
import type { Handle as HandleH3 } from '../../src/adapters/h3.js'
import type { Handle as HandleHono } from '../../src/adapters/hono.js'
import type { Handle as HandleKoa } from '../../src/adapters/koa.js'
import type { Handle as HandleNode } from '../../src/adapters/node.js'
import type { Resolved } from '../../src/di/index.js'
import { optional, Param, Query, Session, type App } from '../../src/index.js'

class Cart {
  readonly #skus: readonly string[] = []
  get skus(): readonly string[] {
    return this.#skus
  }
}

declare const inExpress: HandleExpress
declare const inFastify: HandleFastify
declare const inH3: HandleH3
declare const inHono: HandleHono
declare const inKoa: HandleKoa
declare const inNode: HandleNode

describe('tokens give the first parameters their types, and the framework the others', () => {
  test('Express', () => {
    const handler = inExpress(
      [Cart, Param('sku'), Query('n', Number), optional(Session)],
      (cart, sku, n, session, req, res, next) => {
        expectTypeOf(cart).toEqualTypeOf<Cart>()
        expectTypeOf(sku).toEqualTypeOf<string>()
        expectTypeOf(n).toEqualTypeOf<number>()
        expectTypeOf(session).toEqualTypeOf<Resolved<typeof Session> | undefined>()
        expectTypeOf(req).toEqualTypeOf<Request>()
        expectTypeOf(res).toEqualTypeOf<Response>()
        expectTypeOf(next).toEqualTypeOf<NextFunction>()
      },
    )
    expectTypeOf(handler).toEqualTypeOf<RequestHandler>()
    // @ts-expect-error - the cart is a Cart, and the request comes after it
    inExpress([Cart], (req: Request, cart: Cart) => [req, cart])
    // @ts-expect-error - the tokens stand in another order
    inExpress([Cart, Session], (session: Session, cart: Cart) => [session, cart])
    // @ts-expect-error - nothing asks for a session
    inExpress([Cart], (cart: Cart, session: Session) => [cart, session])
    // @ts-expect-error - Express gives three values
    inExpress([], (req, res, next, more) => [req, res, next, more])
  })

  test('Fastify', () => {
    const handler = inFastify([Cart, Param('sku')], (cart, sku, request, reply) => {
      expectTypeOf(cart).toEqualTypeOf<Cart>()
      expectTypeOf(sku).toEqualTypeOf<string>()
      expectTypeOf(request).toEqualTypeOf<FastifyRequest>()
      expectTypeOf(reply).toEqualTypeOf<FastifyReply>()
    })
    expectTypeOf(handler).toExtend<RouteHandlerMethod>()
    // @ts-expect-error - the request comes after what is asked for
    inFastify([Cart], (request: FastifyRequest, cart: Cart) => [request, cart])
  })

  test('h3', () => {
    inH3([Cart, Param('sku')], (cart, sku, event, next) => {
      expectTypeOf(cart).toEqualTypeOf<Cart>()
      expectTypeOf(sku).toEqualTypeOf<string>()
      expectTypeOf(event).toEqualTypeOf<H3Event>()
      expectTypeOf(next).toBeFunction()
    })
    // @ts-expect-error - the event comes after what is asked for
    inH3([Cart], (event: H3Event, cart: Cart) => [event, cart])
  })

  test('Hono', () => {
    const handler = inHono([Cart, Param('sku')], (cart, sku, c, next) => {
      expectTypeOf(cart).toEqualTypeOf<Cart>()
      expectTypeOf(sku).toEqualTypeOf<string>()
      expectTypeOf(c).toEqualTypeOf<HonoContext>()
      expectTypeOf(next).toEqualTypeOf<HonoNext>()
    })
    expectTypeOf(handler).toExtend<MiddlewareHandler>()
    // @ts-expect-error - the context comes after what is asked for
    inHono([Cart], (c: HonoContext, cart: Cart) => [c, cart])
  })

  test('Koa', () => {
    const handler = inKoa([Cart, Param('sku')], (cart, sku, ctx, next) => {
      expectTypeOf(cart).toEqualTypeOf<Cart>()
      expectTypeOf(sku).toEqualTypeOf<string>()
      expectTypeOf(ctx).toEqualTypeOf<KoaContext>()
      expectTypeOf(next).toEqualTypeOf<KoaNext>()
    })
    expectTypeOf(handler).toExtend<Middleware>()
    // @ts-expect-error - the context comes after what is asked for
    inKoa([Cart], (ctx: KoaContext, cart: Cart) => [ctx, cart])
  })

  test('node:http', () => {
    const listener = inNode([Cart], (cart, req, res) => {
      expectTypeOf(cart).toEqualTypeOf<Cart>()
      expectTypeOf(req).toEqualTypeOf<IncomingMessage>()
      expectTypeOf(res).toEqualTypeOf<ServerResponse>()
    })
    expectTypeOf(listener).toEqualTypeOf<(req: IncomingMessage, res: ServerResponse) => void>()
    // @ts-expect-error - the request comes after what is asked for
    inNode([Cart], (req: IncomingMessage, cart: Cart) => [req, cart])
  })

  test('whatever passes a standard request', () => {
    const POST = (app: App) =>
      app.handler([Cart, Param('sku')], (cart, sku) => {
        expectTypeOf(cart).toEqualTypeOf<Cart>()
        expectTypeOf(sku).toEqualTypeOf<string>()
      })
    expectTypeOf(POST).returns.toBeCallableWith(new Request('https://shop.example'))
    // @ts-expect-error - the tokens stand in another order
    const wrong = (app: App) => app.handler([Cart, Session], (session: Session, cart: Cart) => cart)
    void wrong
  })
})

test('a function alone asks by its annotations, of which the compiler checks none', () => {
  expectTypeOf(inExpress((cart: Cart, req: Request) => [cart, req])).toEqualTypeOf<RequestHandler>()
  // @ts-expect-error - it is no function
  inExpress(Cart.name)
})
