import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import {
  accessLog,
  Next,
  requestId,
  route,
  type AccessLogEntry,
  type AppOptions,
} from '../../../src/http/index.js'
import { Session, sessions, SessionStore } from '../../../src/sessions/index.js'
import { opened, WAYS } from './ways.js'

class FullStore extends SessionStore {
  load = inject([], () => Session.empty())
  dump = inject([Session], () => {
    throw new Error('the disk is full')
  })
}

/** An application with a log, whose next entries can be waited for. */
async function logged(way: (typeof WAYS)[number], options: AppOptions) {
  const entries: AccessLogEntry[] = []
  const waiting: (() => void)[] = []
  let now = Date.parse('2026-01-31T12:00:00Z')
  const log = accessLog({
    write: (entry) => {
      entries.push(entry)
      waiting.shift()?.()
    },
    clock: () => (now += 5),
  })
  const world = await opened(way, { ...options, middleware: [log, ...(options.middleware ?? [])] })
  const entry = async (act: () => unknown): Promise<AccessLogEntry> => {
    const written = new Promise<void>((resolve) => waiting.push(resolve))
    await act()
    await written
    return entries.at(-1)!
  }
  return { ...world, entry }
}

describe.each(WAYS)('accessLog() through %s', (way) => {
  const bytes = async function* () {
    yield 'abc'
    yield 'defg'
  }
  const options: AppOptions = {
    components: [sessions(new FullStore(), { onWarning: () => {} })],
    middleware: [requestId({ generate: () => 'id' })],
    routes: [
      route.get('/text', () => 'hällo'),
      route.get('/items/:id', () => bytes()),
      route.post('/none', () => undefined),
      route.get('/full', [Session], (session) => void session.set('a', 1)),
    ],
  }

  test.each([
    ['GET', '/text?secret=1', 'GET /text', 200, 6],
    ['HEAD', '/text', 'GET /text', 200, 0],
    ['GET', '/items/7', 'GET /items/:id', 200, 7],
    ['POST', '/none', 'POST /none', 204, 0],
    ['GET', '/nowhere', 'a request without a route', 404, 34],
    ['GET', '/full', 'GET /full', 503, 110],
  ])('says what the visitor of %s %s got [B12]', async (method, path, route, status, bytes) => {
    const { ask, entry } = await logged(way, options)
    const headers = { cookie: 'session=secret', authorization: 'Bearer secret' }
    const written = await entry(async () => (await ask(path, { method, headers })).text())
    expect(written).toEqual({
      time: '2026-01-31T12:00:00.005Z',
      method,
      path: path.split('?')[0],
      route,
      status,
      bytes,
      duration: 5,
      isAborted: false,
      requestId: 'id',
    })
  })

  test('says that a body has failed', async () => {
    const broken = async function* () {
      yield 'abc'
      throw new Error('the source is gone')
    }
    const { ask, entry } = await logged(way, { routes: [route.get('/', () => broken())] })
    const read = async () => (await ask('/')).text()
    const written = await entry(() => read().catch(() => undefined))
    expect(written).toMatchObject({ status: 200, bytes: 3, isAborted: true })
  })

  test('sees a response that middleware inside has replaced', async () => {
    const replace = inject([Next], async (next) => {
      await next()
      return new Response('gone', { status: 410 })
    })
    const { ask, entry } = await logged(way, { ...options, middleware: [replace] })
    const written = await entry(async () => (await ask('/text')).text())
    expect(written).toMatchObject({ status: 410, bytes: 4, requestId: undefined })
  })
})

test('says that the visitor left before the end', async () => {
  const endless = async function* (signal: AbortSignal) {
    yield 'abc'
    await once(signal, 'abort')
  }
  const { entry, origin } = await logged('listen', {
    routes: [route.get('/', [AbortSignal], (signal) => endless(signal))],
  })
  const written = await entry(async () => {
    const socket = connect(Number(new URL(origin).port))
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
  })
  expect(written).toMatchObject({ status: 200, bytes: 3, isAborted: true })
})
