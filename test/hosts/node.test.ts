import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { handlers, mount, type Listener } from '../../src/adapters/node.js'
import { App, BackendStore, Hooks, Session, sessions, route } from '../../src/index.js'
import { cookieOf, count, GatedBackend } from './host-suite.js'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(listener: Listener): Promise<string> {
  const server = createServer(listener).listen(0)
  await once(server, 'listening')
  closing.push(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

function shop() {
  const backend = new GatedBackend()
  const reported: unknown[] = []
  const app = new App({
    routes: [route.get('/here', () => 'here')],
    components: [sessions(new BackendStore(backend), { onWarning: () => {} })],
    onError: (error) => void reported.push(error),
  })
  closing.push(() => app.close())
  return { backend, app, reported, handle: handlers(app) }
}

type Send = (res: ServerResponse, session: Session) => unknown

/** Responds by one way of writing, while the store waits, and gives what arrives. */
async function held(
  send: Send,
  middleware: (res: ServerResponse) => void = () => {},
): Promise<{ response: Response; text: string; n: unknown }> {
  const { backend, handle } = shop()
  const url = await serve((req: IncomingMessage, res: ServerResponse) => {
    middleware(res)
    return (req.url === '/n' ? reading : writing)(req, res)
  })
  const reading = handle([Session], (session, _req, res) =>
    res.end(`${session.get('n') as number}`),
  )
  const writing = handle([Session], (session, _req, res) => {
    count(session, 3)
    return send(res, session)
  })
  const gate = backend.hold()
  const answering = fetch(url, { method: 'POST' })
  await gate.reached()
  for (let turns = 0; turns < 5; turns++) await turn()
  gate.release()
  const response = await answering
  const text = await response.text()
  const again = await fetch(`${url}/n`, { headers: { cookie: cookieOf(response) } })
  return { response, text, n: await again.text() }
}

describe('a head is held, whatever the handler calls', () => {
  const ways: Record<string, { send: Send; text?: string; status?: number; type?: string }> = {
    'end(text)': { send: (res) => res.end('text') },
    'write, write, end': {
      send: (res) => {
        res.write('te')
        res.write('xt')
        res.end()
      },
    },
    'writeHead with an object': {
      send: (res) => res.writeHead(201, { 'content-type': 'text/x-one' }).end('text'),
      status: 201,
      type: 'text/x-one',
    },
    'writeHead with an object, and the phrase left out': {
      send: (res) => res.writeHead(201, undefined, { 'content-type': 'text/x-one' }).end('text'),
      status: 201,
      type: 'text/x-one',
    },
    'writeHead with a phrase and a list': {
      send: (res) => res.writeHead(202, 'Fine', ['Content-Type', 'text/x-two']).end('text'),
      status: 202,
      type: 'text/x-two',
    },
    'flushHeaders, then end': {
      send: (res) => {
        res.flushHeaders()
        res.end('text')
      },
    },
    pipe: { send: (res) => Readable.from(['te', 'xt']).pipe(res) },
    'pipe of more than is held': {
      send: (res) => Readable.from(Array.from({ length: 40 }, () => 'x'.repeat(10_000))).pipe(res),
      text: 'x'.repeat(400_000),
    },
    'a body of its own coding': {
      send: (res) => res.setHeader('content-encoding', 'gzip').end(gzipSync('text')),
    },
    'events, begun by their head': {
      send: (res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write('text')
        setImmediate(() => res.end())
      },
      type: 'text/event-stream',
    },
  }
  test.each(Object.entries(ways))(
    '%s',
    async (_, { send, text = 'text', status = 200, type = null }) => {
      const { response, ...rest } = await held(send)
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.getSetCookie()).toHaveLength(1)
      expect(rest).toEqual({ text, n: '3' })
    },
  )
})

test('a head that is given as a list keeps each of its names, and those that stand in it twice', async () => {
  const { response } = await held((res) =>
    res.writeHead(200, ['X-One', '1', 'X-Two', '2', 'X-Three', '3', 'X-Two', '4']).end('text'),
  )
  const names = ['x-one', 'x-two', 'x-three']
  expect(names.map((name) => response.headers.get(name))).toEqual(['1', '2, 4', '3'])
})

test('who no longer waits for `drain` does not hear of it', async () => {
  let heard = 0
  const { text } = await held((res) => {
    const listener = () => void (heard += 1)
    res.on('drain', listener)
    expect(res.write('x'.repeat(100_000))).toBe(false)
    res.on('drain', listener)
    res.removeListener('drain', listener)
    res.removeListener('drain', listener)
    res.on('drain', () => res.end('end'))
  })
  expect([text.length, heard]).toEqual([100_003, 0])
})

test('a standard request of a host has its body, but for methods that have none', async () => {
  const { handle } = shop()
  const url = await serve(
    handle([Request], async (request, _req, res) => {
      const { body } = request
      res.setHeader('x-body', String(body !== null)).end(await request.text())
    }),
  )
  const seen = async (init: RequestInit) => {
    const response = await fetch(url, init)
    return [response.headers.get('x-body'), await response.text()]
  }
  expect(await seen({ method: 'POST', body: 'sent' })).toEqual(['true', 'sent'])
  expect(await seen({ method: 'PATCH', body: 'sent' })).toEqual(['true', 'sent'])
  expect(await seen({})).toEqual(['false', ''])
  expect(await seen({ method: 'HEAD' })).toEqual(['false', ''])
})

test('who sets a header after the head was sent hears of it, as ever', async () => {
  const codes: unknown[] = []
  const { text } = await held((res) => {
    res.end('text')
    expect(res.headersSent).toBe(true)
    try {
      res.setHeader('x-late', '1')
    } catch (error) {
      codes.push((error as NodeJS.ErrnoException).code)
    }
  })
  expect([text, codes]).toEqual(['text', ['ERR_HTTP_HEADERS_SENT']])
})

test('a handler that ignores `write` is cut off with a 500 before it fills the memory', async () => {
  const { backend, handle, reported } = shop()
  const writing = handle([Session], (session, _req, res) => {
    count(session)
    for (let part = 0; part < 20; part++) res.write(Buffer.alloc(1024 * 1024))
    res.end()
  })
  const gate = backend.hold()
  const answering = fetch(await serve(writing), { method: 'POST' })
  await gate.reached()
  gate.release()
  expect((await answering).status).toBe(500)
  expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining('drain') })])
})

test('what a handler still writes after a 503 goes nowhere, and no process dies of it', async () => {
  const { backend, handle } = shop()
  let later = (): void => {}
  const writing = handle([Session], (session, _req, res) => {
    count(session)
    res.setHeader('x-handler', '1').write('begun')
    later = () => res.end('and ended')
  })
  backend.isAway = true
  const response = await fetch(await serve(writing), { method: 'POST' })
  later()
  expect([response.status, response.headers.get('x-handler')]).toEqual([503, null])
  expect(await response.text()).not.toContain('begun')
})

test('an error of a listener is the response, with its session', async () => {
  const { handle, reported } = shop()
  const url = await serve(
    handle([Session], (session) => {
      count(session)
      throw new Error('broken')
    }),
  )
  const response = await fetch(url, { method: 'POST' })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    500,
    'application/problem+json',
  ])
  expect(response.headers.getSetCookie()).toHaveLength(1)
  expect(reported).toEqual([expect.objectContaining({ message: 'broken' })])
})

test('a mounted application leaves other paths to the server', async () => {
  const { app } = shop()
  const url = await serve(mount(app, (_req, res) => res.end('there')))
  expect(await (await fetch(`${url}/here`)).text()).toBe('here')
  expect(await (await fetch(`${url}/there`)).text()).toBe('there')
  const alone = await serve(mount(app))
  expect((await fetch(`${alone}/there`)).status).toBe(404)
})

test('a client that leaves before the handler has ended leaves the session stored', async () => {
  const { backend, handle } = shop()
  let go = (): void => {}
  const gone = new Promise<void>((resolve) => (go = resolve))
  let isRunning = false
  const url = await serve(
    handle([Session], async (session, _req, res) => {
      count(session)
      res.once('close', go)
      isRunning = true
      await gone
      res.end('late')
    }),
  )
  const leaving = request(url, { method: 'POST' }).end()
  leaving.on('error', () => {})
  await expect.poll(() => isRunning).toBe(true)
  leaving.destroy()
  await expect.poll(() => backend.writes).toBe(1)
})

test('whoever writes to the socket itself loses the cookie, and onError hears of it', async () => {
  const { backend, handle, reported } = shop()
  const url = await serve(
    handle([Session], (session, req) => {
      count(session)
      req.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\npast it')
    }),
  )
  expect(await (await fetch(url, { method: 'POST' })).text()).toBe('past it')
  await expect.poll(() => reported).toHaveLength(1)
  expect((reported[0] as Error).message).toContain('wrote to the socket')
  expect(backend.writes).toBe(1)
})

test('what waits for the end of the response runs once, after the last byte', async () => {
  const { handle, backend } = shop()
  const ended: unknown[] = []
  const url = await serve(
    handle([Session, Hooks], (session, hooks, _req, res) => {
      count(session)
      hooks.afterResponse((outcome) => void ended.push([outcome.ok, res.writableFinished]))
      res.write('a')
      res.end('b')
    }),
  )
  const gate = backend.hold()
  const answering = fetch(url, { method: 'POST' })
  await gate.reached()
  gate.release()
  expect(await (await answering).text()).toBe('ab')
  await expect.poll(() => ended).toEqual([[true, true]])
})

test('`write` asks to wait when 64 KiB are held, and not before', async () => {
  const asked: boolean[] = []
  const { text } = await held((res) => {
    asked.push(res.write('x'.repeat(65_535)), res.write('x'))
    res.on('drain', () => res.end('end'))
  })
  expect(text).toBe(`${'x'.repeat(65_536)}end`)
  expect(asked).toEqual([true, false])
})

test('who has waited for `drain` since before anything was written goes on', async () => {
  const { text } = await held((res) => {
    res.once('drain', () => res.end('end'))
    expect(res.write('x'.repeat(100_000))).toBe(false)
  })
  expect(text).toBe(`${'x'.repeat(100_000)}end`)
})

test('who waits for `drain` goes on, also where a middleware has such listeners wait for a stream of its own', async () => {
  const collectAll = (res: ServerResponse): void => {
    const { on, end } = res
    const chunks: string[] = []
    res.write = (chunk: string) => chunks.push(chunk) > 0
    res.end = (chunk?: unknown) => end.call(res, chunks.join('') + String(chunk), 'utf8')
    const onOther = (...given: Parameters<typeof on>) =>
      given[0] === 'drain' ? res : on.apply(res, given)
    res.on = onOther as typeof on
  }
  const { text } = await held((res) => {
    expect(res.write('x'.repeat(100_000))).toBe(false)
    res.on('drain', () => res.end('end'))
  }, collectAll)
  expect(text).toBe(`${'x'.repeat(100_000)}end`)
})

test('what cannot be written after the store was slow is a 500, and no process dies of it', async () => {
  const { backend, handle, reported } = shop()
  const url = await serve(
    handle([Session], (session, _req, res) => {
      count(session)
      res.end(7 as unknown as string)
    }),
  )
  const gate = backend.hold()
  const answering = fetch(url, { method: 'POST' })
  await gate.reached()
  gate.release()
  expect((await answering).status).toBe(500)
  expect(reported).toEqual([expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' })])
})
