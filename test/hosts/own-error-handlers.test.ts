import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { H3, toNodeHandler } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { handlers as ofExpress } from '../../src/adapters/express.js'
import { handlers as ofFastify } from '../../src/adapters/fastify.js'
import { handlers as ofH3 } from '../../src/adapters/h3.js'
import { handlers as ofHono } from '../../src/adapters/hono.js'
import { handlers as ofKoa } from '../../src/adapters/koa.js'
import { HttpError, Session, type App } from '../../src/index.js'
import { count, cookieOf } from './host-suite.js'
import { openShop, urlOf } from './open-shop.js'

/** A shop whose only handler counts, and then throws what it is given; nobody has written an error handler. */
type Open = (app: App, thrown: () => unknown) => Promise<string>

function countThen(thrown: () => unknown): (session: Session) => never {
  return (session) => {
    count(session)
    throw thrown()
  }
}

const shops: Record<string, Open> = {
  Express: async (app, thrown) => {
    const shop = express().set('env', 'test')
    shop.post('/', ofExpress(app)([Session], countThen(thrown)))
    return urlOf(shop.listen(0))
  },
  Fastify: async (app, thrown) => {
    const shop = fastify()
    shop.post('/', ofFastify(app, shop)([Session], countThen(thrown)))
    onTestFinished(() => shop.close())
    return shop.listen({ port: 0, host: 'localhost' })
  },
  h3: async (app, thrown) => {
    const shop = new H3({ silent: true })
    shop.post('/', ofH3(app)([Session], countThen(thrown)))
    return urlOf(createServer(toNodeHandler(shop)).listen(0))
  },
  Hono: async (app, thrown) => {
    const shop = new Hono()
    shop.post('/', ofHono(app)([Session], countThen(thrown)))
    return urlOf(serve({ fetch: shop.fetch, port: 0 }) as ReturnType<typeof createServer>)
  },
  Koa: async (app, thrown) => {
    const shop = new Koa()
    shop.silent = true
    shop.use(ofKoa(app)([Session], countThen(thrown)))
    return urlOf(shop.listen(0))
  },
}

describe.each(Object.entries(shops))('the error handler that %s brings', (_, open) => {
  test('knows the status, the headers and the message of an HttpError', async () => {
    const { app, reported } = openShop()
    const headers = { 'retry-after': '7' }
    const url = await open(app, () => new HttpError(429, 'Too many carts', { headers }))
    const response = await fetch(url, { method: 'POST' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await response.text()).toContain('Too many carts')
    expect(reported).toEqual([])
  })

  test('sends the cookie of the session that was written before the error', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { app, backend } = openShop()
    const url = await open(app, () => new Error('broken'))
    const response = await fetch(url, { method: 'POST' })
    expect(response.status).toBe(500)
    expect(backend.writes).toBe(1)
    expect(cookieOf(response)).toContain('session=')
  })

  test('responds to a session that cannot be stored with the 503 and when to come again', async () => {
    const { app, backend } = openShop()
    backend.isAway = true
    const url = await open(app, () => new HttpError(404))
    const response = await fetch(url, { method: 'POST' })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(cookieOf(response)).toBe('')
  })
})
