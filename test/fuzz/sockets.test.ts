import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { App, Body, route } from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs } from './runs.js'

describe('app.listen', { timeout: FUZZ_TIMEOUT }, () => {
  const GET = 'GET /read?x=1 HTTP/1.1\r\nHost: shop.test\r\nCookie: __Host-session=abc; a=b\r\n\r\n'
  const POST =
    'POST /write HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'
  const CHUNKED =
    'POST /write HTTP/1.1\r\nHost: shop.test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n0\r\n\r\n'
  const piece = fc.oneof(
    headerText,
    fc.constantFrom(
      '\r\n',
      '\n',
      '\0',
      ' ',
      ':',
      'http://',
      '//',
      '*',
      '[::1',
      '@',
      '%',
      'HTTP/9.9',
      'Transfer-Encoding: chunked\r\n',
      'Content-Length: -1\r\n',
      'Expect: 100-continue\r\n',
      'Connection: upgrade\r\nUpgrade: websocket\r\n',
      'Host: \r\n',
      'Host: a/b?c#d\r\n',
    ),
  )
  const target = fc
    .oneof(piece, headerText, mutated('/read?x=%41', piece))
    .map((given) => `GET ${given} HTTP/1.1\r\nHost: shop.test\r\n\r\n`)
  const host = piece.map((given) => `GET /read HTTP/1.1\r\nHost: ${given}\r\n\r\n`)
  const bytes = fc.oneof(
    mutated(GET, piece),
    mutated(POST, piece),
    mutated(CHUNKED, piece),
    target,
    host,
    fc.tuple(mutated(GET, piece), mutated(POST, piece)).map((pair) => pair.join('')),
    fc.uint8Array({ maxLength: 80 }).map((given) => Buffer.from(given).toString('latin1')),
  )

  test('answers any bytes with well-formed responses below 500, or closes the connection, and keeps running', async () => {
    const errors: unknown[] = []
    const { port } = await started(errors)
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answered = await talk(port, sent)
        // One connection may have several responses; a body ends where the next head begins.
        for (const head of answered.matchAll(/^HTTP\/.*$/gm))
          expect(head[0]).toMatch(/^HTTP\/1\.1 (1\d\d|2\d\d|4\d\d|505|501) [\w -]*\r?$/)
        expect(answered === '' || answered.startsWith('HTTP/1.1 ')).toBe(true)
        expect(errors).toEqual([])
        expect(isPrototypeClean()).toBe(true)
      }) as never,
      runs(150),
    )
    expect(await talk(port, GET)).toMatch(/^HTTP\/1\.1 200 /)
  })
})

async function started(errors: unknown[]) {
  const note = (error: unknown) => void errors.push(error)
  const app = new App({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    onError: note,
    routes: [
      route.get('/read', [Session], (session) => ({ size: session.size })),
      route.get('/**', [], () => 'anything'),
      route.post(
        '/write',
        [Session, Body()],
        (session, body) => void session.set('body', body as string),
      ),
    ],
  })
  process.on('unhandledRejection', note)
  process.on('uncaughtExceptionMonitor', note)
  onTestFinished(async () => {
    process.off('unhandledRejection', note)
    process.off('uncaughtExceptionMonitor', note)
    await app.close()
  })
  return app.listen({ port: 0, hostname: '127.0.0.1', drainTimeout: 100 })
}

/** Sends the bytes, half-closes the connection, and returns everything that comes back. */
function talk(port: number, sent: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => (received += String(text)))
    // A server may close a connection while the test still writes.
    socket.on('error', () => resolve(received))
    socket.on('close', () => resolve(received))
    socket.end(Buffer.from(sent, 'latin1'))
  })
}
