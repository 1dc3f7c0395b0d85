import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import compression from 'compression'
import express, { type Express } from 'express'
import { expect, test } from 'vitest'
import { handlers } from '../../src/adapters/express.js'
import { ClientAddress, Session } from '../../src/index.js'
import { cookieOf, count } from './host-suite.js'
import { openShop, urlOf } from './open-shop.js'

function openExpress(write: (shop: Express, handle: ReturnType<typeof handlers>) => void) {
  const { app, ...rest } = openShop()
  const shop = express()
  write(shop, handlers(app, shop))
  return { ...rest, url: urlOf(shop.listen(0)) }
}

test('a file that Express sends waits for the session, and may be asked for in part', async () => {
  const { url, backend } = openExpress((shop, handle) => {
    shop.get(
      '/file',
      handle([Session], (session, _req, res) => {
        count(session)
        res.sendFile('package.json', { root: process.cwd() })
      }),
    )
  })
  const gate = backend.hold()
  const answering = fetch(`${await url}/file`)
  await gate.reached()
  gate.release()
  const response = await answering
  expect(await response.text()).toBe(readFileSync('package.json', 'utf8'))
  const cookie = cookieOf(response)
  expect(cookie).toContain('session=')
  const part = await fetch(`${await url}/file`, { headers: { cookie, range: 'bytes=2-7' } })
  expect([part.status, await part.text()]).toEqual([206, '  "nam'])
})

test('events reach the client one by one behind the cookie', async () => {
  let send = (_text: string): void => {}
  const { url } = openExpress((shop, handle) => {
    shop.get(
      '/events',
      handle([Session], (session, _req, res) => {
        count(session)
        res.set('content-type', 'text/event-stream').flushHeaders()
        send = (text) => void res.write(`data: ${text}\n\n`)
      }),
    )
  })
  const events = get(`${await url}/events`)
  const [response] = (await once(events, 'response')) as [IncomingMessage]
  expect(response.headers['set-cookie']).toEqual([expect.stringContaining('session=')])
  for (const text of ['one', 'two']) {
    send(text)
    expect(String((await once(response, 'data'))[0])).toBe(`data: ${text}\n\n`)
  }
  events.destroy()
})

test('next(error) reaches the error handler of Express with the session stored', async () => {
  const { url, backend } = openExpress((shop, handle) => {
    shop.post(
      '/',
      handle([Session], (session, _req, _res, next) => {
        count(session)
        next(Object.assign(new Error('no tea'), { status: 418 }))
      }),
    )
    shop.use(((error, _req, res, _next) => {
      res.status(error.status).send(`host: ${error.message}`)
    }) as express.ErrorRequestHandler)
  })
  const response = await fetch(await url, { method: 'POST' })
  expect([response.status, await response.text()]).toEqual([418, 'host: no tea'])
  expect(cookieOf(response)).toContain('session=')
  expect(backend.writes).toBe(1)
})

test.each([
  ['trusts', 'loopback', { origin: 'https://shop.example', ip: '203.0.113.7' }],
  [
    'does not trust',
    false,
    {
      origin: expect.stringMatching(/^http:\/\/localhost:/),
      ip: expect.stringMatching(/127\.0\.0\.1|::1/),
    },
  ],
])('https, host and address are what Express %s', async (_, trusted, expected) => {
  const { url } = openExpress((shop, handle) => {
    shop.set('trust proxy', trusted)
    shop.get(
      '/',
      handle([URL, ClientAddress], ({ origin }, { ip }, _req, res) => res.json({ origin, ip })),
    )
  })
  const headers = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'shop.example',
    'x-forwarded-for': '203.0.113.7',
  }
  expect(await (await fetch(await url, { headers })).json()).toEqual(expected)
})

test('a compression behind the first function compresses, and a 503 is whole', async () => {
  const { url, backend } = openExpress((shop, handle) => {
    shop.use(handle([Session], (session, _req, _res, next) => (count(session), next())))
    shop.use(compression({ threshold: 0 }))
    shop.post('/', (_req, res) => res.send('tea '.repeat(1000)))
  })
  const response = await fetch(await url, { method: 'POST' })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(await response.text()).toBe('tea '.repeat(1000))
  backend.isAway = true
  const failed = await fetch(await url, { method: 'POST' })
  expect([failed.status, failed.headers.get('content-encoding')]).toEqual([503, null])
  expect(await failed.json()).toMatchObject({ status: 503 })
})
