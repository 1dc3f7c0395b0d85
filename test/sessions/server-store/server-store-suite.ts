import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { value, type Component } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import type { SessionBackend } from '../../../src/sessions/backend/session-backend.js'
import { RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import type { ServerStoreOptions } from '../../../src/sessions/server-store/server-store-options.js'
import type { SessionStore } from '../../../src/sessions/store/session-store.js'
import { Session } from '../../../src/sessions/session/session.js'
import { sessions, type SessionsOptions } from '../../../src/sessions/index.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { UserSessions } from '../../../src/sessions/store/sessions-of-user.js'
import type { RedisServer } from '../../support/redis-server.js'
import { expectWarnings } from '../expect-warnings.js'

/** A server-side store of one test, and what is behind it. */
export interface StoreWorld {
  readonly store: SessionStore
  readonly backend: SessionBackend
  readonly components?: readonly Component[]
  stop?(): Promise<void>
}

export type OpenStore = (options?: ServerStoreOptions) => Promise<StoreWorld>

export type Act = (session: Session, sessions: UserSessions) => unknown

export const overMemory: OpenStore = async (options = {}) => {
  const backend = new MemoryBackend(options.clock ? { now: options.clock } : {})
  return { store: new BackendStore(backend, options), backend }
}

/** Each store has keys of its own in the server, unless it is told which. */
export function overRedis(server: () => RedisServer, shared?: string): OpenStore {
  return async (options = {}) => {
    const client = new Redis(server().port)
    const prefix = shared ?? `${randomBytes(6).toString('hex')}:`
    return {
      // A busy machine must not fail the store.
      store: new RedisStore({ timeoutMs: 5000, ...options, prefix }),
      backend: new RedisBackend(client, { prefix }),
      components: [value(Redis, client)],
      stop: async () => client.disconnect(),
    }
  }
}

/** An application whose one route does with its session what the test says, and visitors of it. */
export async function visitors(
  open: OpenStore,
  options: ServerStoreOptions = {},
  sessionsOptions: SessionsOptions = {},
) {
  const world = await open(options)
  const acts = new Map<string, Act>()
  let count = 0
  const app = new App({
    components: [
      sessions(world.store, { onWarning: expectWarnings(), ...sessionsOptions }),
      ...(world.components ?? []),
    ],
    routes: [
      route.post('/:act', [Session, UserSessions, Request], async (session, ofUser, request) => {
        const act = acts.get(new URL(request.url).pathname) as Act
        return { result: await act(session, ofUser) }
      }),
      route.get('/plain', () => 'plain'),
    ],
    onError: () => {},
  })
  await app.ready()

  /** Sends one request with these cookies; gives the status, the result and the cookies set. */
  const visit = async (cookie: string | undefined, act: Act) => {
    const path = `/${(count += 1)}`
    acts.set(path, act)
    const headers = cookie === undefined ? {} : { cookie }
    const response = await app.fetch(
      new Request(`https://shop.test${path}`, { method: 'POST', headers }),
    )
    const setCookies = response.headers.getSetCookie()
    const set = setCookies.find((line) => line.startsWith('__Host-session='))
    const body = (await response.json()) as { result?: unknown }
    return {
      status: response.status,
      result: body.result,
      setCookies,
      /** What a browser sends next time. */
      cookie:
        set === undefined ? cookie : set.includes('Max-Age=0') ? undefined : set.split(';')[0],
      retryAfter: response.headers.get('retry-after'),
    }
  }

  return {
    ...world,
    app,
    visit,
    /** A visitor with a stored session, and the cookie of it. */
    visitor: async (data: Record<string, unknown> = { started: true }): Promise<string> => {
      const { cookie } = await visit(undefined, (session) => {
        for (const [key, value] of Object.entries(data)) session.set(key, value)
      })
      return cookie as string
    },
    /** What the next request with the cookie finds. */
    dataOf: async (cookie: string | undefined) =>
      (await visit(cookie, (session) => session.toObject())).result,
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await world.stop?.()
    },
  }
}

/** Holds requests in their handlers until it is told to open. */
export function gate(expected = 1) {
  let open = () => {}
  let reached = () => {}
  let passing = 0
  const opened = new Promise<void>((resolve) => (open = resolve))
  const waited = new Promise<void>((resolve) => (reached = resolve))
  return {
    open,
    /** Settles when all expected requests have come to the gate. */
    waited,
    pass: () => {
      passing += 1
      if (passing === expected) reached()
      return opened
    },
  }
}

export function idOf(cookie: string | undefined): string {
  return (cookie as string).slice('__Host-session='.length)
}
