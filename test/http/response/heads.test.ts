import { PassThrough, Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { HttpError, Reply, route } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../../src/sessions/index.js'
import { gate } from '../under-fire/wire.js'
import { open, ways } from './ways.js'

const bytes = (text: string) => new TextEncoder().encode(text)

const withSessions = () => sessions(new MemoryStore({ name: 'sid' }))

/** Streams whose first chunk comes when the gate opens. */
function waiting(opened: Promise<void>) {
  async function* later(): AsyncGenerator<string> {
    await opened
    yield 'data: 1\n\n'
  }
  return {
    'an async iterable': later,
    'a stream': () => ReadableStream.from(later()).pipeThrough(new TextEncoderStream()),
    'a Response': () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await opened
            controller.enqueue(bytes('data: 1\n\n'))
            controller.close()
          },
        }),
      ),
    'a stream of Node': () => {
      const stream = new PassThrough()
      void opened.then(() => stream.end('data: 1\n\n'))
      return stream
    },
  }
}

const kinds = Object.keys(waiting(Promise.resolve())) as (keyof ReturnType<typeof waiting>)[]
const types = ['text/event-stream', 'application/x-ndjson']
const cases = ways.flatMap((way) =>
  kinds.flatMap((kind) => types.map((type) => [way, kind, type] as const)),
)

describe('the head of a stream', () => {
  test.each(cases)(
    'arrives with its cookie before the first chunk is made: %s, %s, %s [B3]',
    async (way, kind, type) => {
      const first = gate()
      const make = waiting(first.opened)[kind]
      const { ask } = await open(way, {
        components: [withSessions()],
        routes: [
          route.get('/', [Session, Reply], (session, reply) => {
            session.set('listens', true)
            reply.headers.set('content-type', type)
            return make()
          }),
        ],
      })
      // It is opened by what the head says: without a head in time this would never end.
      const response = await ask('/')
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
      expect(response.headers.getSetCookie().join()).toMatch(/^sid=/)
      first.open()
      expect(await response.text()).toBe('data: 1\n\n')
    },
  )

  test.each(ways)('of an empty stream arrives too: %s [B3]', async (way) => {
    const { ask, failures } = await open(way, {
      routes: [route.get('/', async function* () {})],
    })
    expect([(await ask('/')).status, await (await ask('/')).text(), failures]).toEqual([
      200,
      '',
      [],
    ])
  })
})

/** Fails before it has anything to send. */
// oxlint-disable-next-line eslint/require-yield -- that is the case
async function* nothing(error: Error = new Error('no first byte')): AsyncGenerator<string> {
  throw error
}

const failing: Record<string, () => unknown> = {
  'an async iterable': nothing,
  'an async iterable that waited': async function* () {
    await new Promise((resolve) => setImmediate(resolve))
    yield* nothing()
  },
  'a stream': () =>
    new ReadableStream({
      pull() {
        throw new Error('no first byte')
      },
    }),
  'a Response': () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.error(new Error('no first byte'))
        },
      }),
      { headers: { 'x-own': '1' } },
    ),
  'a stream of events': () =>
    new Response(
      new ReadableStream({
        pull() {
          throw new Error('no first byte')
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    ),
  'a stream of Node': () =>
    new Readable({
      read() {
        this.destroy(new Error('no first byte'))
      },
    }),
  'a chunk that is no bytes': async function* () {
    yield 7
  },
}

describe('a stream that fails before its first byte', () => {
  test.each(ways.flatMap((way) => Object.keys(failing).map((kind) => [way, kind] as const)))(
    'is an ordinary 500, and its session and cookie are as those of any: %s, %s [B4]',
    async (way, kind) => {
      const { ask, failures } = await open(way, {
        components: [withSessions()],
        routes: [
          route.get('/', [Session, Reply], (session, reply) => {
            session.set('seen', true)
            reply.headers.set('x-reply', 'dropped')
            return failing[kind]!()
          }),
          route.get('/seen', [Session], (session) => session.get('seen') ?? false),
        ],
      })
      const response = await ask('/')
      expect([response.status, await response.json()]).toEqual([
        500,
        { title: 'Internal Server Error', status: 500 },
      ])
      expect([response.headers.get('x-reply'), response.headers.get('x-own')]).toEqual([null, null])
      expect(failures).toHaveLength(1)
      const [cookie] = response.headers.getSetCookie()
      const seen = await ask('/seen', { headers: { cookie: cookie!.split(';')[0]! } })
      expect(await seen.json()).toBe(true)
    },
  )

  test.each(ways)('keeps the status of an HttpError: %s [B4]', async (way) => {
    const { ask, failures } = await open(way, {
      routes: [route.get('/', () => nothing(new HttpError(404, 'No such report')))],
    })
    const response = await ask('/')
    expect([response.status, failures]).toEqual([404, []])
  })

  test.each(ways)('loses what it wrote where only a success is stored: %s [B4]', async (way) => {
    const { ask } = await open(way, {
      components: [sessions(new MemoryStore({ name: 'sid' }), { save: 'success' })],
      routes: [
        route.get('/', [Session], (session) => {
          session.set('seen', true)
          return nothing()
        }),
      ],
    })
    const response = await ask('/')
    expect([response.status, response.headers.getSetCookie()]).toEqual([500, []])
  })

  test.each(ways)('is not even begun for HEAD: %s [B4]', async (way) => {
    const { ask, failures } = await open(way, {
      routes: [route.get('/', () => nothing())],
    })
    expect([(await ask('/', { method: 'HEAD' })).status, failures]).toEqual([200, []])
  })
})

test.each(ways)(
  'a stream whose client left while the head waited is ended: %s [B3]',
  async (way) => {
    const ended = gate()
    const { ask } = await open(way, {
      routes: [
        route.get('/', async function* () {
          try {
            for (;;) yield 'x'.repeat(100_000)
          } finally {
            ended.open()
          }
        }),
      ],
    })
    const response = await ask('/')
    await response.body!.cancel()
    expect(await ended.opened).toBe(undefined)
  },
)
