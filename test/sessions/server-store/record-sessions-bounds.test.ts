import { describe, expect, test, vi } from 'vitest'
import { App, HttpError, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  Session,
  sessions,
  UserSessions,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { TestClient } from '../../../src/testing/index.js'

const SECRET = 'redis://user:password@10.0.0.1'

describe('what Sessions asks of a store', () => {
  test.each(['list', 'revoke', 'revokeOthers', 'revokeAll'] as const)(
    '%s has the deadline of the store, and is a 503 beyond it [R7]',
    async (method) => {
      const world = await stage()
      world.backend.index.list = () => new Promise(() => {})
      const answer = world.client.get(`/${method}`)
      await vi.waitFor(() => expect(world.timers).not.toEqual([]))
      await settle(answer, world.timers)
      const response = await answer
      expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
      expect(world.causes).toEqual([
        `the session store did not ${method === 'list' ? 'load' : 'dump'} within 2000 ms`,
      ])
    },
  )

  test('is an event without the text of the error [R8]', async () => {
    const world = await stage()
    world.backend.index.list = async () => {
      throw new Error(SECRET)
    }
    expect((await world.client.get('/revokeAll')).status).toBe(503)
    expect(world.causes).toEqual([
      'the session store failed to dump: Error (its message is not shown)',
    ])
  })

  test('counts in the breaker', async () => {
    const world = await stage({ failureThreshold: 2 })
    let asked = 0
    world.backend.index.list = async () => {
      asked += 1
      await new Promise((resolve) => setImmediate(resolve))
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    }
    await world.client.get('/listThrice')
    expect(asked).toBe(2)
  })
})

describe('revokeUser of a CookieStore', () => {
  test('gives a 503 without the text of the error [R8]', async () => {
    const revocations = new MemoryBackend()
    revocations.create = async () => {
      throw new Error(SECRET)
    }
    const store = new CookieStore({ secret: 'wX3v9pQz7LkT2mN8rB5yD1cF6hJ4sG0a', revocations })
    const error = await store.revokeUser('ada').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      cause: { message: 'the session store failed to dump: Error (its message is not shown)' },
    })
  })

  test('does not wait for ever [R7]', async () => {
    vi.useFakeTimers()
    try {
      const revocations = new MemoryBackend()
      revocations.create = () => new Promise(() => {})
      const store = new CookieStore({ secret: 'wX3v9pQz7LkT2mN8rB5yD1cF6hJ4sG0a', revocations })
      const failure = store.revokeUser('ada').catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(2001)
      expect(await failure).toMatchObject({ status: 503, cause: { reason: 'timeout' } })
    } finally {
      vi.useRealTimers()
    }
  })
})

/** A visitor who is bound to a user; deadlines pass when `settle` says so. */
async function stage(options: SessionsOptions = {}) {
  const backend = new MemoryBackend()
  const timers: (() => void)[] = []
  const causes: unknown[] = []
  const timer = {
    set: (run: () => void) => timers.push(run),
    clear: (handle: unknown) => void (timers[(handle as number) - 1] = () => {}),
  }
  const app = new App({
    components: [sessions(new BackendStore(backend), { timer, onWarning: () => {}, ...options })],
    routes: [
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.get('/list', [UserSessions], (all) => all.list()),
      route.get('/listThrice', [UserSessions], async (all) => {
        for (let each = 0; each < 3; each++) await all.list().catch(() => undefined)
      }),
      route.get('/revoke', [UserSessions], (all) => all.revoke('x')),
      route.get('/revokeOthers', [UserSessions], (all) => all.revokeOthers()),
      route.get('/revokeAll', [UserSessions], (all) => all.revokeAll()),
    ],
    onError: (error) => void causes.push(((error as Error).cause as Error).message),
  })
  const client = new TestClient(app)
  await client.post('/login')
  timers.length = 0
  return { backend, timers, causes, client }
}

/** Lets every deadline pass, again and again, until the answer is there. */
async function settle(answer: Promise<unknown>, timers: readonly (() => void)[]): Promise<void> {
  const progress = { isOver: false }
  void answer.then(() => (progress.isOver = true))
  while (!progress.isOver) {
    // The deadline of the load is cleared before the handler asks.
    await new Promise((resolve) => setImmediate(resolve))
    timers.at(-1)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
