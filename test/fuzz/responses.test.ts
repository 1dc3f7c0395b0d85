import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { inject } from '../../src/di/index.js'
import {
  accessLog,
  App,
  Body,
  Cookie,
  Cookies,
  cors,
  Exchange,
  FormParts,
  Hooks,
  Next,
  Param,
  Reply,
  requestId,
  route,
  securityHeaders,
  type AppOptions,
} from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { Wire } from '../http/under-fire/wire.js'
import { plan, type Plan } from './handler-plans.js'
import { FUZZ_TIMEOUT, isPrototypeClean, runs } from './runs.js'
import { byFetch, byWire, headOf, request, type Received } from './senders.js'

/** Milliseconds after which a response counts as hanging. */
const HANGS = 10_000

/** The application alone, and with everything that sees its responses. */
const SETTINGS: readonly (readonly [name: string, options: Partial<AppOptions>])[] = [
  ['alone', {}],
  [
    'with middleware and pages of its own',
    {
      middleware: [
        accessLog({ write: () => {} }),
        requestId(),
        securityHeaders(),
        cors({ origins: ['https://page.test'], credentials: true }),
        inject([Hooks, Next], async (hooks, next) => {
          hooks.afterHandler(({ response }) => response.headers.set('x-hook', '1'))
          return next()
        }),
      ],
      errorPages: {
        html: ({ status, title }) => `<h1>${status} ${title}</h1>`,
        json: (problem) => ({ problem }),
      },
    },
  ],
]

describe.each(SETTINGS)('an application %s', (_, options) => {
  describe('whatever handlers return and visitors send at once', { timeout: FUZZ_TIMEOUT }, () => {
    test('a 500 was told to onError, fetch never rejects, and nothing goes to another visitor [B1, B4, B6]', async () => {
      const { app, port, plans, errors } = await opened(options)
      const visits = fc.array(fc.tuple(plan, request), { minLength: 1, maxLength: 4 })
      const seen = new Set<string>()
      let visitor = 0
      await fc.assert(
        fc.asyncProperty(visits, async (all) => {
          for (const send of [byFetch(app), byWire(port)]) {
            errors.length = 0
            const made = all.map(([planned, sent]) => ({
              id: `visitor-${++visitor}`,
              planned,
              sent,
            }))
            for (const { id, planned } of made) plans.set(id, planned)
            const received = await within(
              Promise.all(made.map(async ({ id, sent }) => send(id, sent))),
            )
            for (const [index, response] of received.entries()) {
              const { id, planned } = made[index]!
              plans.delete(id)
              if (response) checkOwn(response, id, planned, seen)
            }
            const failed = received.filter((response) => response?.status === 500).length
            const cut = received.filter((response) => response?.isWhole === false).length
            expect(errors.length).toBeGreaterThanOrEqual(failed + cut)
            expect(isPrototypeClean()).toBe(true)
          }
        }) as never,
        runs(100),
      )
      const last = await byWire(port)('visitor-0', PLAIN)
      expect([last?.status, last?.body]).toEqual([200, 'nothing planned'])
    })

    test('requests in one piece get as many responses as there are, in order, or the connection ends', async () => {
      const { port, errors } = await opened(options)
      await fc.assert(
        fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 4 }), async (all) => {
          const wire = new Wire(connect(port, '127.0.0.1'))
          for (const [index, sent] of all.entries())
            wire.send(headOf(`visitor-${index}`, sent, index < all.length - 1 ? [] : CLOSE))
          const received = await within(wire.rest())
          const numbers = [...received.matchAll(/^x-visitor: visitor-(\d+)\r$/gm)].map(([, n]) =>
            Number(n),
          )
          expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
          expect(new Set(numbers).size).toBe(numbers.length)
          expect(errors).toEqual([])
        }) as never,
        runs(100),
      )
    })
  })
})

const CLOSE = ['Connection: close']
const PLAIN = { method: 'GET', target: '/plain', lines: [], body: '' }

/** Fails when a response has something of another visitor, or not what its handler gave. */
function checkOwn(received: Received, id: string, planned: Plan, seen: Set<string>): void {
  const { status, headers, body } = received
  // What belongs to one visitor has their number in it.
  const numbers = [...JSON.stringify(headers).matchAll(/visitor-\d+/g)].map(([found]) => found)
  expect(numbers.filter((found) => found !== id)).toEqual([])
  for (const [name, content] of headers) {
    const session = name === 'set-cookie' && /^__Host-session=[\w-]{43}(?=;)/.exec(content)?.[0]
    // A handler of the plan may send a cookie of that name.
    if (!session) continue
    expect(seen.has(session)).toBe(false)
    seen.add(session)
  }
  const isHandled = headers.some(([name]) => name === 'x-visitor') && status === 200
  // HEAD has none.
  const isKnown = isHandled && planned.body !== undefined && body !== ''
  const text = Buffer.from(body, 'latin1').toString()
  expect(isKnown ? text : planned.body).toBe(planned.body)
}

async function opened(options: Partial<AppOptions>) {
  const errors: unknown[] = []
  const plans = new Map<string, Plan>()
  const act = async ({ request: { headers } }: Exchange, reply: Reply): Promise<unknown> => {
    const id = headers.get('x-id')?.split(', ').at(-1) ?? 'visitor-none'
    reply.headers.set('x-visitor', id)
    reply.cookie(new Cookie('id', id))
    const planned = plans.get(id)
    if (!planned) return 'nothing planned'
    for (let turn = 0; turn < planned.waits; turn++)
      await new Promise((resolve) => setImmediate(resolve))
    if (planned.status !== undefined) reply.status = planned.status
    for (const [name, given] of planned.headers) reply.headers.append(name, given)
    for (const [name, given] of planned.cookies) reply.cookie(new Cookie(name, given))
    return planned.returns()
  }
  const app = new App({
    components: [sessions(new MemoryStore(), { onWarning: () => {} })],
    onError: (error) => void errors.push(error),
    ...options,
    routes: [route.get, route.post, route.put].flatMap((add) => [
      add('/plain', [Exchange, Reply], act),
      add(
        '/name/:name',
        [Exchange, Reply, Param('name'), Session],
        async (exchange, reply, name, session) => {
          session.set('name', name)
          return act(exchange, reply)
        },
      ),
      add('/json', [Exchange, Reply, Cookies, Body()], act),
      add('/form', [Exchange, Reply, FormParts], async (exchange, reply, parts) => {
        for await (const part of parts) await part.text()
        return act(exchange, reply)
      }),
    ]),
  })
  const rejections = (error: unknown): void => void errors.push(error)
  process.on('unhandledRejection', rejections)
  onTestFinished(async () => {
    process.off('unhandledRejection', rejections)
    await app.close()
  })
  const { port } = await app.listen({ port: 0, hostname: '127.0.0.1', drainTimeout: 100 })
  return { app, port, plans, errors }
}

/** Rejects when nothing comes for ten seconds. */
async function within<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const hangs = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no response')), HANGS)
  })
  return Promise.race([work, hangs]).finally(() => clearTimeout(timer))
}
