import { describe, expect, it } from 'vitest'

import { HttpError, Reply, route } from '../../../src/http/index.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { CookieStore, MemoryStore, Session, SessionView } from '../../../src/sessions/index.js'
import { newSecret } from '../secrets.js'
import {
  sessionApp,
  ScriptedStore,
  rejectedText,
  never,
  impatient,
  RedisError,
} from '../session-app.js'

describe('a store that fails to load', () => {
  it.each([
    [
      'throws',
      () => {
        throw new RedisError('secret-message')
      },
    ],
    ['rejects', () => Promise.reject(new RedisError('secret-message'))],
    ['rejects with no error', () => rejectedText('secret-message')],
    ['never settles', never],
    ['gives undefined', () => undefined],
    ['gives null', () => null],
    ['gives a string', () => 'secret-message'],
    ['gives an array', () => []],
    ['gives a look-alike', () => ({ ...Session.empty(), get: () => 'secret-message' })],
    ['gives a proxy of a session', () => new Proxy(Session.empty(), {})],
    ['gives a promise of nothing', async () => undefined],
    ['gives a view', () => new SessionView(stateOf(Session.empty()))],
  ])(
    'and %s makes a 503, without the handler and without a cookie [CU-02, ER-04]',
    async (_, load) => {
      let hasRun = false
      const { client, errors } = sessionApp({
        store: new ScriptedStore(load),
        policy: { timer: impatient },
        routes: [route.get('/run', [Session], () => (hasRun = true))],
      })
      const response = await client.get('/run')
      expect(response.status).toBe(503)
      expect(response.headers.get('retry-after')).toBe('1')
      expect(response.headers.getSetCookie()).toEqual([])
      expect(hasRun).toBe(false)
      expect(await response.text()).not.toContain('secret')
      expect(errors).toHaveLength(1)
    },
  )

  it('and hands one session to two requests makes a 503 of the second [CU-03]', async () => {
    const kept = Session.empty()
    const { client, errors } = sessionApp({ store: new ScriptedStore(() => kept) })
    expect((await client.get('/read')).status).toBe(200)
    expect((await client.get('/read')).status).toBe(503)
    expect((errors[0] as Error).cause).toMatchObject({
      code: 'SESSION_STORE',
      reason: 'contract',
      message:
        "the session store's load() gave a value of type object; it has to give each request its own Session",
    })
  })

  it('leaves the routes alone that do not ask [ER-07]', async () => {
    const { client } = sessionApp({
      store: new ScriptedStore(() => Promise.reject(new Error('down'))),
    })
    expect((await client.get('/plain')).status).toBe(200)
  })

  it('is reported without what the client library knows [LG-02, LG-04, CU-14]', async () => {
    const { client, errors } = sessionApp({
      store: new ScriptedStore(() => Promise.reject(new RedisError('secret-message'))),
    })
    const response = await client.get('/read')
    expect(await response.json()).toMatchObject({
      status: 503,
      detail: 'The session could not be loaded.',
      code: 'SESSION_LOAD',
    })
    const { cause } = errors[0] as Error & { cause: Error }
    expect(cause.message).toBe(
      'the session store failed to load: RedisError ECONNREFUSED (its message is not shown)',
    )
    const { inspect } = await import('node:util')
    expect(inspect(errors[0], { depth: 9, showHidden: true })).not.toMatch(/secret/)
    expect(cause.stack).toMatch(/store-failures\.test/)
  })

  it('passes an answer on that the store means: an HttpError', async () => {
    const { client } = sessionApp({
      store: new ScriptedStore(() => Promise.reject(new HttpError(403, 'not you'))),
    })
    expect((await client.get('/read')).status).toBe(403)
  })

  it('is given the time that the application says [R7]', async () => {
    const { client, errors } = sessionApp({
      store: new ScriptedStore(never),
      policy: { timer: impatient, deadline: 750 },
    })
    await client.get('/read')
    expect((errors[0] as Error).cause).toMatchObject({
      code: 'SESSION_STORE',
      message: 'the session store did not load within 750 ms',
    })
  })
})

describe('a store that fails to dump', () => {
  const writing = (dump: (session: Session) => unknown) =>
    sessionApp({
      store: new ScriptedStore(() => Session.empty(), dump),
      policy: { timer: impatient },
      routes: [
        route.post('/answer', [Session, Reply], (session, reply) => {
          session.set('user', 'ada')
          reply.headers.set('x-secret', '1')
          return 'secret output'
        }),
      ],
    })

  it.each([
    [
      'throws',
      () => {
        throw new RedisError('secret-message')
      },
    ],
    ['rejects', () => Promise.reject(new RedisError('secret-message'))],
    ['never settles', never],
    ['gives a string', () => 'sid=secret-message'],
    ['gives null', () => null],
  ])('and %s makes a 503 without the output of the handler [R3, CU-04]', async (_, dump) => {
    const { client, errors } = writing(dump)
    const response = await client.post('/answer')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('x-secret')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.text()).not.toContain('secret')
    expect(errors).toHaveLength(1)
  })

  it('serves the response when only the activity could not be noted, and reports it [ER-08]', async () => {
    const reported: Error[] = []
    const { client, errors } = sessionApp({
      store: new ScriptedStore(
        () => new Session('an-id', { user: 'ada' }),
        () => Promise.reject(new RedisError('secret-message')),
      ),
      policy: { onWarning: (error) => reported.push(error) },
    })
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(errors).toEqual([])
    expect(reported.map((error) => error.message)).toEqual([
      'the session store failed to dump: RedisError ECONNREFUSED (its message is not shown)',
    ])
  })

  it.each([
    ['CookieStore', 4096, () => new CookieStore({ secret: newSecret() }), '"secret plan" (50'],
    ['MemoryStore', 4000, () => new MemoryStore({ maxSize: 4000 }), 'raise `maxSize`'],
  ])('answers 413 to more than a %s holds; only `onWarning` gets the reason', async (...row) => {
    const [, limit, store, advice] = row
    const reported: Error[] = []
    const { client, errors } = sessionApp({
      store: store(),
      policy: { onWarning: (error) => reported.push(error) },
      routes: [
        route.post('/fill', [Session], (session) => {
          session.set('secret plan', 'x'.repeat(5000))
        }),
      ],
    })
    await client.post('/write')
    const response = await client.post('/fill')
    expect(response.status).toBe(413)
    expect(response.headers.getSetCookie()).toEqual([])
    const problem = (await response.json()) as { detail: string }
    expect(problem).toEqual({
      title: 'Content Too Large',
      status: 413,
      detail: expect.any(String),
      code: 'SESSION_TOO_LARGE',
    })
    expect(problem.detail.replace(/\d{4}/, '5xxx')).toBe(
      `The session would take 5xxx bytes, and ${limit} are allowed. Nothing was stored: send less, or remove something first.`,
    )
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(errors).toEqual([])
    expect(reported).toEqual([expect.objectContaining({ code: 'SESSION_TOO_LARGE' })])
    expect(reported[0]?.message).toContain(advice)
  })

  it('a random source that fails makes a 503, and no weak id [KR-12]', async () => {
    const newId = () => {
      throw new Error('secret-message')
    }
    const { client, errors } = sessionApp({ store: new MemoryStore({ newId }) })
    const response = await client.post('/write')
    expect(response.status).toBe(503)
    expect(response.headers.getSetCookie()).toEqual([])
    expect(String((errors[0] as Error).cause)).toBe(
      'SessionStoreError: the session store failed to dump: Error (its message is not shown)',
    )
  })

  it('a value that cannot be stored is the mistake of the application: a 500 [TY-07]', async () => {
    const { client, errors, store } = sessionApp({
      routes: [
        route.post('/date', [Session], (session: Session<{ cart: { at?: unknown } }>) => {
          session.set('cart', {})
          session.get('cart')!.at = new Date(0)
        }),
      ],
    })
    expect((await client.post('/date')).status).toBe(500)
    expect(errors[0]).toMatchObject({ code: 'SESSION_VALUE', path: 'cart.at' })
    expect(store.records.size).toBe(0)
  })
})
