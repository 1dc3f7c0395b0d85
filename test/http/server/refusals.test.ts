import { describe, expect, test } from 'vitest'
import { App, Body, Exchange, FormParts, route } from '../../../src/http/index.js'
import { open, ways } from '../response/ways.js'
import { bodyOf, serve } from '../under-fire/wire.js'

const HOST = 'Host: shop.test'
const END = 'Connection: close'

/** Status and detail of the response that a request gets. */
async function saidTo(...lines: string[]): Promise<unknown> {
  const { ask, failures } = await serve({
    routes: [route.post('/', [Body(String)], (text) => text), route.get('/', () => 'x')],
    allowedHosts: ['shop.test'],
  })
  const { status, detail } = JSON.parse(bodyOf(await ask(...lines))) as Record<string, unknown>
  expect(failures).toEqual([])
  return [status, detail]
}

describe('a request that is refused before the application sees it is told why', () => {
  test.each<[what: string, lines: string[], status: number, detail: string]>([
    [
      'an HTTP/1.0 with a coding (RFC 9112 6.1)',
      ['POST / HTTP/1.0', HOST, 'Transfer-Encoding: chunked', '', '0'],
      400,
      'HTTP/1.0 has no Transfer-Encoding',
    ],
    [
      'a body that is coded twice',
      ['POST / HTTP/1.1', HOST, END, 'Transfer-Encoding: gzip, chunked', '', '0'],
      501,
      'The Transfer-Encoding is not supported',
    ],
    ['two hosts', ['GET / HTTP/1.1', HOST, HOST, END], 400, 'The Host cannot be read'],
    ['no host', ['GET / HTTP/1.1', 'Host: a b', END], 400, 'The Host cannot be read'],
    [
      'a host of somebody else',
      ['GET / HTTP/1.1', 'Host: evil.test', END],
      421,
      'The application does not serve this host',
    ],
    [
      'a target of another scheme',
      ['GET ftp://shop.test/ HTTP/1.1', HOST, END],
      400,
      'The target cannot be read',
    ],
  ])('%s', async (_, lines, status, detail) => {
    expect(await saidTo(...lines)).toEqual([status, detail])
  })
})

describe('a body', () => {
  test.each(ways)(
    'that was read before is told as a mistake of the application, by %s',
    async (way) => {
      const { ask, failures } = await open(way, {
        routes: [
          route.post('/text', [Exchange], async (exchange) => {
            await exchange.request.text()
            return exchange.bytes()
          }),
          route.post('/reader', [Exchange], async (exchange) => {
            exchange.request.body!.getReader()
            return exchange.bytes()
          }),
        ],
      })
      for (const path of ['/text', '/reader'])
        expect((await ask(path, { method: 'POST', body: 'x' })).status, path).toBe(500)
      for (const failure of failures)
        expect(failure).toEqual(new TypeError('The body was read before'))
      expect(failures).toHaveLength(2)
    },
  )

  test('that is no form is refused by request.formData() as by the standard class', async () => {
    const { server, failures } = await serve({
      // oxlint-disable-next-line typescript/no-deprecated -- what applications call
      routes: [route.post('/', [Request], (request) => request.formData())],
    })
    const headers = { 'content-type': 'multipart/form-data; boundary=B' }
    const response = await fetch(server.url, { method: 'POST', headers, body: 'nonsense' })
    expect(response.status).toBe(500)
    expect(failures).toEqual([new TypeError('The body is not a valid form')])
  })

  test.each([
    [
      'the last boundary is missing',
      '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n--B-',
    ],
    ['a part has no name', '--B\r\nContent-Type: text/plain\r\n\r\nv\r\n--B--\r\n'],
    [
      'a part has a transfer encoding',
      '--B\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nv\r\n--B--\r\n',
    ],
    [
      'a text is not in its charset',
      '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--B--\r\n',
    ],
  ])('that is a malformed form says to whoever catches it: %s', async (reason, body) => {
    const caught: unknown[] = []
    const app = new App({
      routes: [
        route.post('/', [FormParts], async (parts) => {
          try {
            for await (const part of parts) await part.text()
          } catch (error) {
            caught.push(error)
            throw error
          }
        }),
      ],
    })
    const headers = { 'content-type': 'multipart/form-data; boundary=B' }
    const bytes = Uint8Array.from(Buffer.from(body, 'latin1'))
    const init = { method: 'POST', headers, body: bytes }
    const response = await app.fetch(new Request('http://localhost/', init))
    expect(await response.json()).toEqual({
      title: 'Bad Request',
      status: 400,
      detail: 'The form in the body is malformed',
      errors: [{ in: 'body', detail: 'is not a valid form' }],
    })
    expect(caught).toMatchObject([{ cause: { message: reason } }])
  })

  test('that is too much beside all others is a 503 that says so, and to come again', async () => {
    const app = new App({
      routes: [route.post('/', [Body(String)], (text) => text)],
      bodyMemory: 1000,
      bodyLimit: 2000,
      onError: () => {},
    })
    let finish = () => {}
    const endless = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(700))
        finish = () => controller.close()
      },
    })
    const send = (body: NonNullable<RequestInit['body']>) =>
      app.fetch(
        new Request('http://localhost/', {
          method: 'POST',
          headers: { 'content-type': 'text/plain' },
          body,
          duplex: 'half',
        }),
      )
    const first = send(endless)
    const second = await send('y'.repeat(1900))
    expect(second.status).toBe(200)
    const refused = await first
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toEqual({
      title: 'Service Unavailable',
      status: 503,
      detail: 'Too many requests are sending their bodies',
      code: 'BODIES',
    })
    finish()
  })
})
