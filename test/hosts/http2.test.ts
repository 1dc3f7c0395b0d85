import { once } from 'node:events'
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
} from 'node:http2'
import { expect, onTestFinished, test } from 'vitest'
import { handlers, mount, type Listener } from '../../src/adapters/node.js'
import { App, BackendStore, route, Session, sessions } from '../../src/index.js'
import { count, GatedBackend } from './host-suite.js'
import { postOverHttp2 } from './open-shop.js'

function shop() {
  const backend = new GatedBackend()
  const reported: unknown[] = []
  const app = new App({
    routes: [],
    components: [sessions(new BackendStore(backend), { onWarning: () => {} })],
    onError: (error) => void reported.push(error),
  })
  onTestFinished(() => app.close())
  return { backend, reported, handle: handlers(app) }
}

type Http2Listener = (req: Http2ServerRequest, res: Http2ServerResponse) => void

/** Serves over HTTP/2, whose requests and responses have the methods of HTTP/1. */
async function ask(listener: Listener): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  const server = createServer(listener as unknown as Http2Listener)
  server.listen(0)
  await once(server, 'listening')
  return postOverHttp2(server)
}

test('a mounted application says how long its response is, which HTTP/2 does not by itself', async () => {
  const app = new App({ routes: [route.post('/', () => 'grüße')] })
  onTestFinished(() => app.close())
  const { headers, body } = await ask(mount(app))
  expect([headers['content-length'], body]).toEqual(['7', 'grüße'])
})

test('a head of HTTP/2 is held, and the session knows its host', async () => {
  const { handle, backend } = shop()
  const { headers, body } = await ask(
    handle([Session, URL], (session, url, _req, res) => {
      count(session)
      res.end(url.origin)
    }),
  )
  expect(headers['set-cookie']).toEqual([expect.stringContaining('session=')])
  expect(body).toMatch(/^http:\/\/localhost:\d+$/)
  expect(backend.writes).toBe(1)
})

test('the error of a store that is away is sent over HTTP/2, without what the handler sent', async () => {
  const { handle, backend } = shop()
  backend.isAway = true
  const { headers, body } = await ask(
    handle([Session], (session, _req, res) => {
      count(session)
      res.setHeader('x-handler', 'yes')
      res.end('fine')
    }),
  )
  expect([headers[':status'], headers['x-handler']]).toEqual([503, undefined])
  expect(JSON.parse(body)).toMatchObject({ status: 503 })
})

test('whoever responds by the stream itself loses the cookie, and onError hears of it', async () => {
  const { handle, backend, reported } = shop()
  const { body } = await ask(
    handle([Session], (session, _req, res) => {
      count(session)
      const { stream } = res as unknown as Http2ServerResponse
      stream.respond({ ':status': 200 })
      stream.end('past it')
    }),
  )
  expect(body).toBe('past it')
  await expect.poll(() => reported).toEqual([expect.objectContaining({ message: PASSED_BY })])
  expect(backend.writes).toBe(1)
})

const PASSED_BY = expect.stringContaining('wrote to the socket or to the HTTP/2 stream itself')
