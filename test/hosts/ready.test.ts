import { Router } from '@koa/router'
import express from 'express'
import fastify from 'fastify'
import { H3 } from 'h3'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { handlers as ofExpress } from '../../src/adapters/express.js'
import { handlers as ofFastify } from '../../src/adapters/fastify.js'
import { handlers as ofH3 } from '../../src/adapters/h3.js'
import { handlers as ofHono } from '../../src/adapters/hono.js'
import { handlers as ofKoa } from '../../src/adapters/koa.js'
import { App } from '../../src/index.js'

/** Nothing provides it. */
class Prices {}

describe('ready() names the route of the framework that asks for what nothing provides', () => {
  const sites: Record<string, (app: App) => unknown> = {
    Express(app) {
      const shop = express()
      shop.get(
        '/cart/:sku',
        ofExpress(app, shop)([Prices], () => undefined),
      )
    },
    Hono(app) {
      const shop = new Hono()
      shop.get(
        '/cart/:sku',
        ofHono(app, shop)([Prices], () => undefined),
      )
    },
    Koa(app) {
      const router = new Router()
      router.get(
        '/cart/:sku',
        ofKoa(app, router)([Prices], () => undefined),
      )
    },
    h3(app) {
      const shop = new H3()
      shop.get(
        '/cart/:sku',
        ofH3(app, shop)([Prices], () => undefined),
      )
    },
    async Fastify(app) {
      const shop = fastify()
      shop.get(
        '/cart/:sku',
        ofFastify(app, shop)([Prices], () => undefined),
      )
      await expect(shop.ready()).rejects.toThrow('Prices')
    },
  }
  test.each(Object.entries(sites))('%s', async (name, write) => {
    const app = new App({ routes: [], components: [] })
    await write(app)
    const error = await app.ready().catch((failure: unknown) => failure as Error)
    expect((error as Error).message.replace(/:\d+/g, ':1')).toBe(messageOf(name))
  })
})

function messageOf(name: string): string {
  const handler = `a handler of ${name} at test/hosts/ready.test.ts:1`
  return `The application cannot be wired: 1 problem.

1. DI_MISSING (${handler}, GET /cart/:sku): nothing provides Prices, parameter 0 of ${handler}.
     ${handler}
     └─ Prices
   Register it in \`components\`: value(Prices, …), singletonClass(Prices), singleton(Prices, …) or scoped(Prices, …); or decorate the class with tsyringe's @singleton() or @injectable().`
}
