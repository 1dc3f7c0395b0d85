import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type RequestHandler } from 'express'
import { Hono } from 'hono'
import { describe, expect, onTestFinished, test } from 'vitest'
import { handlers } from '../../src/adapters/express.js'
import { handlers as handlersOfHono } from '../../src/adapters/hono.js'
import { App, Body } from '../../src/index.js'

/** What a handler is given that asks for a body which the framework has read before. */
async function given(
  parser: RequestHandler,
  contentType: string,
  body: string,
): Promise<readonly [status: number, text: string]> {
  const app = new App({ routes: [], bodyLimit: 50 })
  const shop = express()
  const handle = handlers(app, shop)
  shop.use(parser)
  shop.post(
    '/',
    handle([Body()], (asked, _req, res) => res.json(asked)),
  )
  const onError: ErrorRequestHandler = (error: Error & { status?: number }, _req, res, _next) => {
    res.status(error.status ?? 500).send(error.message)
  }
  shop.use(onError)
  const server = shop.listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    server.closeAllConnections()
    await app.close()
  })
  const { port } = server.address() as AddressInfo
  const headers = { 'content-type': contentType }
  const response = await fetch(`http://localhost:${port}/`, { method: 'POST', headers, body })
  return [response.status, await response.text()]
}

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'
const extended = express.urlencoded({ extended: true })
const keepRaw = express.json({
  verify: (req, _res, bytes) => void ((req as { rawBody?: Buffer }).rawBody = bytes),
})
/** Reads a body, and keeps that of it. */
const keeping =
  (kept: unknown): RequestHandler =>
  (req, _res, next) => {
    req.body = kept
    req.resume().on('end', () => next())
  }

describe('a body that the framework has parsed', () => {
  test.each([
    ['an object', express.json(), JSON_TYPE, '{"n": 1}', '{"n":1}'],
    ['bytes', express.raw({ type: '*/*' }), JSON_TYPE, '{"n":2}', '{"n":2}'],
    ['a text', express.text({ type: '*/*' }), JSON_TYPE, '{"n":"é"}', '{"n":"é"}'],
    ['bytes beside an object', keepRaw, JSON_TYPE, '{"n":1,"n":3}', '{"n":3}'],
    ['null', keeping(null), JSON_TYPE, 'null', 'null'],
    ['fields', extended, FORM, 'a=1&b=%26', '{"a":"1","b":"&"}'],
    ['fields of one name', extended, FORM, 'a=1&a=2', '{"a":["1","2"]}'],
    ['nested fields', extended, FORM, 'a[b]=1&a[c][d]=2', '{"a[b]":"1","a[c][d]":"2"}'],
  ])('is one that a handler may ask for: %s', async (_, parser, type, sent, expected) => {
    expect(await given(parser, type, sent)).toEqual([200, expected])
  })

  test.each([
    ['as it was sent', express.raw({ type: '*/*' }), JSON_TYPE, JSON.stringify('x'.repeat(49))],
    ['written again', extended, FORM, `a=${'é'.repeat(25)}`],
  ])('has the limit of the application: %s', async (_, parser, type, sent) => {
    expect(await given(parser, type, sent)).toEqual([413, 'The body may have 50 bytes at most'])
  })

  test('of just the limit is fine', async () => {
    const sent = JSON.stringify('x'.repeat(48))
    expect(await given(express.raw({ type: '*/*' }), JSON_TYPE, sent)).toEqual([200, sent])
  })

  test.each([
    ['nothing', keeping(undefined), JSON_TYPE],
    ['null for a form', keeping(null), FORM],
    ['a number for a form', keeping(1), FORM],
    ['the fields of a form with files', keeping({ a: '1' }), 'multipart/form-data; boundary=x'],
    ['an object of another type', keeping({ a: '1' }), 'application/xml'],
  ])('is told where what is kept does not say what it was: %s', async (_, parser, type) => {
    expect(await given(parser, type, 'a=1')).toEqual([
      500,
      'The body was read before Ingot could read it, and nothing of it is in req.body: put the application before the parser, or ask the parser for what it has read.',
    ])
  })
})

test.each([
  [50, 200],
  [51, 413],
])('a body of %i bytes that Hono has read is within its limit: %i', async (size, status) => {
  const app = new App({ routes: [], bodyLimit: 50 })
  const shop = new Hono()
  shop.use(async (c, next) => {
    await c.req.text()
    await next()
  })
  shop.post(
    '/',
    handlersOfHono(app)([Body(String)], (body, c) => c.text(body)),
  )
  shop.onError((error, c) => c.text(error.message, (error as { status?: 413 }).status ?? 500))
  const text = 'x'.repeat(size)
  const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: text }
  const response = await shop.request('http://shop.test/', init)
  expect([response.status, await response.text()]).toEqual([
    status,
    status === 200 ? text : 'The body may have 50 bytes at most',
  ])
})
