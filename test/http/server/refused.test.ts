import { describe, expect, test } from 'vitest'
import {
  accessLog,
  Body,
  route,
  type AccessLogEntry,
  type AppOptions,
} from '../../../src/http/index.js'
import { open as openBoth } from '../response/ways.js'
import { bodyOf, gate, serve, statusOf, type AtPort } from '../under-fire/wire.js'

const HOST = 'Host: shop.test'

const ROUTES = [route.get('/', () => 'reached'), route.post('/', [Body(String)], (text) => text)]

/** A server whose log is kept. */
async function logged(options: Partial<AppOptions> = {}, where: Partial<AtPort> = {}) {
  const entries: AccessLogEntry[] = []
  const log = accessLog({
    write: (entry) => void entries.push(entry),
    clock: () => 1_769_860_800_000,
  })
  const served = await serve({ routes: ROUTES, middleware: [log], ...options }, where)
  return { ...served, entries, log }
}

const entryOf = (method: string, path: string, response: string): AccessLogEntry => ({
  time: '2026-01-31T12:00:00.000Z',
  method,
  path,
  route: 'a refused request',
  status: statusOf(response),
  bytes: bodyOf(response).length,
  duration: 0,
  isAborted: false,
  requestId: undefined,
})

describe('a request that is refused before it is routed', () => {
  test.each<[string, string[], number, string, string]>([
    ['a segment that goes up', ['GET /a/../b?secret=1 HTTP/1.1', HOST], 400, 'GET', '/a/../b'],
    ['a backslash', ['PUT /a\\b HTTP/1.1', HOST], 400, 'PUT', '/a\\b'],
    ['a fragment', ['GET /a#b HTTP/1.1', HOST], 400, 'GET', '/a#b'],
    ['a strange target', ['GET http://user@shop.test/a HTTP/1.1', HOST], 400, 'GET', '/a'],
    ['two hosts', ['GET /a HTTP/1.1', HOST, HOST], 400, 'GET', '/a'],
    ['a host of somebody else', ['GET /a HTTP/1.1', 'Host: evil.test'], 421, 'GET', '/a'],
    ['too many lines', ['GET /a HTTP/1.1', HOST, 'A: 1', 'B: 1', 'C: 1'], 431, 'GET', '/a'],
    ['a coding', ['POST /a HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked'], 501, 'POST', '/a'],
    ['an expectation', ['POST /a HTTP/1.1', HOST, 'Expect: a coffee'], 417, 'POST', '/a'],
  ])(
    'is in the access log as the visitor got it, with nosniff: %s [B12, S9]',
    async (_, lines, status, method, path) => {
      const { ask, entries, failures } = await logged(
        { allowedHosts: ['shop.test'] },
        { headerLineLimit: 3 },
      )
      const response = await ask(...lines)
      expect(statusOf(response)).toBe(status)
      expect(response).toMatch(/\r\nx-content-type-options: nosniff\r\n/)
      expect(response).toMatch(/\r\nconnection: close\r\n/i)
      expect(JSON.parse(bodyOf(response))).toMatchObject({ status })
      expect(entries).toEqual([entryOf(method, path, response)])
      expect(failures).toEqual([])
    },
  )

  test('is in the log through app.fetch as well, for HEAD without a body [B12, S9]', async () => {
    const entries: AccessLogEntry[] = []
    const { app } = await openBoth('app.fetch', {
      middleware: [accessLog({ write: (entry) => void entries.push(entry) })],
      allowedHosts: ['shop.test'],
      routes: ROUTES,
    })
    const sent: [string, string, number][] = [
      ['GET', 'http://shop.test/a%2f../b', 400],
      ['HEAD', 'http://evil.test/a', 421],
    ]
    for (const [method, url, status] of sent) {
      const response = await app.fetch(new Request(url, { method }))
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      const { length } = await response.text()
      expect(entries.at(-1)).toMatchObject({ method, status, bytes: length })
      expect([response.status, length === 0]).toEqual([status, method === 'HEAD'])
    }
  })

  test('has no nosniff where it is off, and needs no log [S9]', async () => {
    const { ask } = await serve({ routes: ROUTES, nosniff: false })
    const response = await ask('GET /../ HTTP/1.1', HOST)
    expect(statusOf(response)).toBe(400)
    expect(response).not.toContain('nosniff')
  })

  test.each(['GET /../ HTTP/1.1', 'nonsense'])(
    'gets its response when the log fails, and onError hears of it: %s [B12]',
    async (line) => {
      const { ask, failures } = await serve({
        routes: ROUTES,
        middleware: [
          accessLog({
            write: () => {
              throw new Error('the disk is full')
            },
          }),
        ],
      })
      expect(statusOf(await ask(line, HOST))).toBe(400)
      expect(failures.map(String)).toEqual(['Error: the disk is full'])
    },
  )
})

describe('a request that the parser of Node refuses', () => {
  test.each<[string, string[], number]>([
    ['is no HTTP', ['nonsense'], 400],
    ['has a broken line', ['GET / HTTP/1.1', HOST, 'a b'], 400],
    ['has a head that is too large', ['GET / HTTP/1.1', HOST, `A: ${'x'.repeat(20_000)}`], 431],
  ])('%s: it is in the access log, with nosniff [B12, S9]', async (_, lines, status) => {
    const { ask, entries, failures } = await logged()
    const response = await ask(...lines)
    expect(statusOf(response)).toBe(status)
    expect(response).toMatch(/\r\nx-content-type-options: nosniff\r\n/)
    expect(response).toMatch(/\r\nconnection: close\r\n/i)
    expect(response).toMatch(/\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/i)
    // It may have been a HEAD.
    expect(response).toMatch(/\r\ncontent-length: 0\r\n[^]*\r\n\r\n$/)
    expect(entries).toEqual([entryOf('', '', response)])
    expect(failures).toEqual([])
  })

  test('a chunk whose extension is too large is a 413, and the connection ends [B12]', async () => {
    const { open } = await logged()
    const head = ['POST / HTTP/1.1', HOST, 'Content-Type: text/plain', 'Transfer-Encoding: chunked']
    const wire = open().send(...head, '', `5;${'x'.repeat(20_000)}`, 'hello', '0', '', '')
    expect(statusOf(await wire.rest())).toBe(413)
  })

  test('a head that does not come to its end in time is a 408 in the log [B12, S5]', async () => {
    const { open, entries } = await logged({}, { headerTimeout: 100 })
    const response = await open().send('GET / HTTP/1.1', HOST, '').rest()
    expect(statusOf(response)).toBe(408)
    expect(entries).toEqual([entryOf('', '', response)])
  })

  test('a body that does not is a 408 with its path, and its handler has failed [B12]', async () => {
    const { open, entries } = await logged({}, { requestTimeout: 500 })
    const head = ['POST /?secret HTTP/1.1', HOST, 'Content-Type: text/plain', 'Content-Length: 9']
    const response = await open()
      .send(...head, '', 'half')
      .rest()
    expect(statusOf(response)).toBe(408)
    expect(response.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(JSON.parse(bodyOf(response))).toMatchObject({ status: 408 })
    expect(response).toContain(`\r\ncontent-length: ${bodyOf(response).length}\r\n`)
    expect(entries[0]).toEqual(entryOf('POST', '/', response))
  })

  test('behind a response that is on its way writes nothing into it [B12]', async () => {
    const [begun, mayEnd] = [gate(), gate()]
    const { open, entries } = await logged({
      routes: [
        route.get('/', async function* () {
          yield 'first'
          begun.open()
          await mayEnd.opened
          yield 'last'
        }),
      ],
    })
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await begun.opened
    await wire.until(/first/)
    const all = wire.send('nonsense', '', '').rest()
    expect((await all).match(/HTTP\/1\.1/g)).toHaveLength(1)
    mayEnd.open()
    expect(entries.filter(({ route: taken }) => taken === 'a refused request')).toEqual([])
  })

  test('on a connection that was used before is refused like any other [B12]', async () => {
    const { open, entries } = await logged()
    const wire = open().send('GET / HTTP/1.1', HOST, '', '')
    await wire.until(/reached/)
    const all = await wire.send('nonsense', '', '').rest()
    expect(all).toMatch(/reached[^]*HTTP\/1\.1 400 Bad Request\r\n/)
    expect(entries.map(({ status }) => status)).toEqual([200, 400])
  })
})
