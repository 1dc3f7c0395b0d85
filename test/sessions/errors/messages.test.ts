import { describe, expect, test } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  MemoryStore,
  Session,
  sessions,
  SessionLostError,
  SessionUnconfirmedError,
  type SessionStore,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { newSessionId } from '../../../src/sessions/session/session-id.js'
import { Deferred } from '../../di/deferred.js'
import { newSecret } from '../secrets.js'
import { gate } from '../server-store/server-store-suite.js'

/** An application whose route does what the test says; `errors` is what `onError` gets, and its cause. */
function worldOf(store: SessionStore, options: SessionsOptions = {}) {
  const errors: unknown[] = []
  let act: (session: Session) => unknown = () => undefined
  const app = new App({
    components: [sessions(store, { onWarning: () => {}, ...options })],
    routes: [route.post('/', [Session], (session) => act(session))],
    onError: (error) => void errors.push(error),
  })
  const visit = async (cookie: string | undefined, does: (session: Session) => unknown) => {
    act = does
    const headers = cookie === undefined ? {} : { cookie }
    const response = await app.fetch(new Request('https://x.test/', { method: 'POST', headers }))
    const [set = ''] = response.headers.getSetCookie()
    return { response, cookie: set.split(';')[0]! }
  }
  /** The message of the error, or of its cause, with which a request fails. */
  const causeOf = async (cookie: string | undefined, does: (session: Session) => unknown) => {
    await visit(cookie, does)
    const error = errors.at(-1) as Error
    return ((error.cause as Error | undefined) ?? error).message
  }
  return { visit, causeOf, errors }
}

describe('what an error says to the log', () => {
  test.each([
    ['gone', 'was destroyed, revoked or evicted'],
    ['expired', 'expired'],
  ] as const)('of a session that is %s', (reason, ended) => {
    const error = new SessionLostError(reason)
    expect(error.message).toBe(
      `cannot store the session: it ${ended} while the handler ran, and what the handler wrote is lost. To respond in another way, catch what session.commit() throws.`,
    )
    expect(error.detail).toBe(
      'Your session ended while this request was on its way, and nothing was stored.',
    )
  })

  test.each([
    [undefined, 'it is not known which'],
    [0, '0'],
    [1, '1'],
  ])('of a logout that %s of 2 replicas confirmed', (confirmed, known) => {
    expect(new SessionUnconfirmedError(confirmed, 2).message).toBe(
      `the session was destroyed, but of 2 replicas that are to know ${known} confirmed it in time. Are the replicas connected? The option \`confirm\` says how many, and how long.`,
    )
  })

  test('of more than a store may hold', async () => {
    const { visit } = worldOf(new MemoryStore({ maxSize: 64 }))
    const commits = async (session: Session) => {
      session.set('a', 'x'.repeat(100))
      await session.commit()
    }
    const { response } = await visit(undefined, commits)
    expect(await response.json()).toMatchObject({
      status: 413,
      code: 'SESSION_TOO_LARGE',
      detail:
        'The session would take 105 bytes, and 64 are allowed. Nothing was stored: send less, or remove something first.',
    })
    let caught: unknown
    await visit(undefined, async (session) => {
      try {
        await commits(session)
      } catch (error) {
        caught = error
        session.clear()
      }
    })
    expect(caught).toMatchObject({
      cause: {
        message:
          'the session needs 105 bytes, and 64 are allowed. Keep less in it, or raise `maxSize` of the store.',
      },
    })
  })

  test('of ids that `newId` cannot make', async () => {
    const bad = worldOf(new MemoryStore({ newId: () => 'short' }))
    expect(await bad.causeOf(undefined, (session) => session.set('a', 1))).toBe(
      "the session option 'newId' has to make ids of 32 random bytes, base64url: 43 characters.",
    )
    const id = newSessionId()
    const same = worldOf(new MemoryStore({ newId: () => id }))
    const { cookie } = await same.visit(undefined, (session) => session.set('a', 1))
    expect(await same.causeOf(cookie, (session) => session.regenerate())).toBe(
      "the session option 'newId' gave an id that this session has had already. It has to give 32 new random bytes each time.",
    )
    expect(await same.causeOf(undefined, (session) => session.set('a', 1))).toBe(
      'the key of a new session is taken; does `newId` repeat itself?',
    )
  })

  test('of a value that a serializer does not write as text, and of a key that is none', async () => {
    const texts: unknown[] = [undefined, 1, '\ud800', Buffer.from('x')]
    for (const text of texts) {
      const serializer = { stringify: () => text as string, parse: JSON.parse }
      const world = worldOf(new MemoryStore({ serializer }))
      expect(await world.causeOf(undefined, (session) => session.set('a', 1))).toBe(
        "cannot store session value 'a': the serializer did not make well-formed text of it. Store JSON values only, or give the store a serializer that carries this type.",
      )
    }
    const { causeOf } = worldOf(new MemoryStore())
    for (const key of [1, undefined, Symbol.for('a')])
      expect(await causeOf(undefined, (session) => session.set(key as never, 1))).toBe(
        `cannot use the session key ${JSON.stringify(String(key))}: keys are strings.`,
      )
  })

  test('of what a replaced id may not do', async () => {
    const { visit } = worldOf(new MemoryStore())
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    await visit(cookie, (session) => session.regenerate())
    const said: string[] = []
    const doing: Record<string, (session: Session) => unknown> = {
      'touch the session': (session) => session.touch(),
      'destroy the session': (session) => session.destroy(),
      'remember the session': (session) => session.remember(60),
      'regenerate the session': (session) => session.regenerate(),
    }
    for (const act of Object.values(doing))
      await visit(cookie, (session) => {
        try {
          act(session)
        } catch (error) {
          said.push((error as Error).message)
        }
      })
    const rest =
      ': the request came with an id that regenerate() has replaced; it can only read. The next request of this visitor brings the new id.'
    expect(said).toEqual(Object.keys(doing).map((action) => `cannot ${action}${rest}`))
  })

  test('of a write after the response has begun', async () => {
    const { visit } = worldOf(new MemoryStore())
    let kept: Session | undefined
    await visit(undefined, (session) => void (kept = session.set('a', 1)))
    for (const [action, act] of [
      ['touch the session', (session: Session) => session.touch()],
      ['destroy the session', (session: Session) => session.destroy()],
    ] as const)
      expect(() => act(kept!)).toThrow(`cannot ${action}`)
  })

  test('of a handler that asks for a kind of session that nothing provides', async () => {
    class AdminSession extends Session {}
    class Session2 extends Session {}
    for (const [token, cookie] of [
      [AdminSession, '__Host-admin'],
      [Session2, '__Host-session2'],
    ] as const) {
      const app = new App({ routes: [route.get('/', [token], () => 'x')] })
      await expect(app.ready()).rejects.toThrow(
        `Add \`sessions(new MemoryStore({ name: '${cookie}' }), { as: ${token.name} })\` to the \`components\` of the application, or with another store; \`name\` is that of its cookie.`,
      )
    }
  })

  test('of calls that are skipped, without a word to the visitor', async () => {
    const loading = new Deferred()
    const backend = new MemoryBackend()
    const read = backend.read.bind(backend)
    let isAway = false
    backend.read = async (key) => {
      if (isAway) throw Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })
      await loading.promise
      return read(key)
    }
    const store = new BackendStore(backend)
    const { visit, causeOf, errors } = worldOf(store, { maxCalls: 1, failureThreshold: 2 })
    const cookie = `__Host-session=${newSessionId()}`
    const slow = visit(cookie, () => 'x')
    expect(await causeOf(cookie, () => 'x')).toBe(
      'store call skipped: too many calls wait for the session store; the option `maxCalls` says how many may',
    )
    loading.resolve()
    await slow
    isAway = true
    for (let count = 0; count < 2; count++) await visit(cookie, () => 'x')
    expect(await causeOf(cookie, () => 'x')).toBe(
      'store call skipped: the circuit breaker is open after repeated failures',
    )
    expect(errors).toHaveLength(4)
  })

  test('of a request that another one overtook', async () => {
    const backend = new MemoryBackend()
    const { visit, causeOf } = worldOf(new BackendStore(backend, { conflictTimeoutMs: 1 }))
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    const hold = gate()
    const slow = causeOf(cookie, async (session) => {
      await hold.pass()
      session.set('a', 2)
    })
    await hold.waited
    const renewed = await visit(cookie, (session) => session.regenerate())
    hold.open()
    expect(await slow).toBe(
      'another request gave the session a new id; what this one wrote was not stored',
    )
    let version = 1
    backend.replace = async (key) => ({ ...(await backend.read(key))!, version: (version += 1) })
    expect(await causeOf(renewed.cookie, (session) => session.set('a', 3))).toBe(
      'other requests changed the session again and again; what this one wrote was not stored',
    )
  })

  test('of a logout that nobody confirmed, and of users whose revocation cannot be kept', async () => {
    const backend = new MemoryBackend()
    const confirmed = Object.assign(backend, {
      confirm: () => Promise.reject(new SessionUnconfirmedError(0, 1)),
    })
    const { visit } = worldOf(new BackendStore(confirmed))
    const { cookie } = await visit(undefined, (session) => session.set('a', 1))
    const { response } = await visit(cookie, (session) => session.destroy())
    expect(await response.json()).toMatchObject({
      status: 503,
      code: 'SESSION_UNCONFIRMED',
      detail: 'The session was ended, but it is not confirmed that it stays ended.',
    })

    const revocations = new MemoryBackend()
    const store = new CookieStore({ secret: newSecret(), revocations })
    const world = worldOf(store)
    const login = await world.visit(undefined, (session) => session.bind('ada'))
    revocations.create = () => false
    let attempts = 0
    revocations.replace = () => ((attempts += 1), 'missing')
    await expect(store.revokeUser('ada')).rejects.toMatchObject({
      cause: { message: 'the sessions of the user could not be revoked: the entry is damaged' },
    })
    expect(attempts).toBe(8)
    expect(await world.causeOf(login.cookie, (session) => session.remember(30 * 86_400))).toBe(
      'other requests changed the life of the session again and again',
    )
  })
})
