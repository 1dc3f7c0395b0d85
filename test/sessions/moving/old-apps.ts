import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fastifyCookie from '@fastify/cookie'
import * as secureSessionPlugin from '@fastify/secure-session'
import * as fastifySessionPlugin from '@fastify/session'
import cookieSessionOf from 'cookie-session'
import * as expressSessionOf from 'express-session'
import { fastify } from 'fastify'
import { getIronSession, unsealData } from 'iron-session'
import Koa from 'koa'
import koaSessionOf from 'koa-session'
import { onTestFinished } from 'vitest'
import {
  cookieSession,
  expressSession,
  fastifySession,
  ironSession,
  koaSession,
  secureSession,
  type OldSessions,
} from '../../../src/sessions/moving/index.js'
import { hygiene } from '../../support/log-hygiene.js'

/** Seconds for which an old application keeps its sessions. */
export const OLD_LIFETIME = 3600

/** An application on another session library, the real package, on a port of its own. */
export interface OldApp {
  readonly url: string
  /** Its sessions, as ours reads them. */
  readonly sessions: OldSessions
}

type Data = Record<string, unknown>

/** A session as the handlers of the old applications use it. */
interface Use {
  get(): Data | null | undefined
  set(data: Data): void
  end(): unknown
}

/** What the old applications respond to `/login`, `/me` and `/logout`, whatever the library. */
async function respond(path: string | undefined, session: Use): Promise<object> {
  if (path === '/login') session.set(loginData())
  if (path === '/logout') await session.end()
  const { user = null, cart = null } = (path !== '/logout' && session.get()) || {}
  return { user, cart }
}

/** What a login leaves in a session; `passport` is where Passport keeps who it is. */
function loginData(): Data {
  const loginAt = new Date(Date.now() - 60_000).toISOString()
  return { user: 'ada', cart: ['tea'], passport: { user: 'ada' }, loginAt, loginId: randomUUID() }
}

/** What the methods of a store fail with, while it is there. */
export interface Breakable {
  reading?: Error | undefined
  /** What the next read waits for, once it has begun. */
  pause?: (() => Promise<void>) | undefined
  destroying?: Error | undefined
}

/** express-session with its `MemoryStore`. */
export async function expressApp(breakable: Breakable = {}) {
  const secret = [newKey(), newKey()]
  const store = new expressSessionOf.MemoryStore()
  const cookie = { maxAge: OLD_LIFETIME * 1000 }
  const handle = expressSessionOf.default({
    secret: secret[1]!,
    store,
    cookie,
    resave: false,
    saveUninitialized: false,
  })
  const url = await served((request, response) => {
    const answer = async (): Promise<void> => {
      type Session = Data & { destroy(done: () => void): void }
      const { session } = request as IncomingMessage & { session: Session }
      const body = await respond(request.url, {
        get: () => session,
        set: (data) => Object.assign(session, data),
        end: () => new Promise<void>((resolve) => session.destroy(resolve)),
      })
      response.end(JSON.stringify(body))
    }
    handle(request as never, response as never, () => void answer())
  })
  const paused = async (read: () => void) => {
    const { pause } = breakable
    breakable.pause = undefined
    await pause?.()
    read()
  }
  const failing = {
    get: (id: string, done: (error?: unknown, session?: unknown) => void) =>
      breakable.reading ? done(breakable.reading) : void paused(() => store.get(id, done)),
    destroy: (id: string, done?: (error?: unknown) => void) =>
      breakable.destroying ? done?.(breakable.destroying) : store.destroy(id, done),
  }
  return { url, store, secret: secret[1]!, sessions: expressSession({ store: failing, secret }) }
}

/** @fastify/session with its store in memory. */
export async function fastifyApp() {
  const secret = newKey()
  const store = new fastifySessionPlugin.default.MemoryStore()
  const app = fastify()
  await app.register(fastifyCookie.default)
  const cookie = { secure: false, maxAge: OLD_LIFETIME * 1000 }
  await app.register(fastifySessionPlugin.default, {
    secret,
    store,
    cookie,
    saveUninitialized: false,
  })
  app.get('/:path', ({ url, session }) =>
    respond(url, {
      get: () => session,
      set: (data) => Object.assign(session, data),
      // Both plugins of fastify declare `session`.
      end: () => (session as unknown as { destroy(): Promise<void> }).destroy(),
    }),
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  return { url, store, secret, sessions: fastifySession({ store, secret }) }
}

/** @fastify/secure-session. */
export async function secureApp() {
  const app = fastify()
  const cookie = { path: '/', maxAge: OLD_LIFETIME }
  await app.register(secureSessionPlugin.default, {
    key: randomBytes(32),
    expiry: OLD_LIFETIME,
    cookie,
  })
  app.get('/:path', ({ url, session }) =>
    respond(url, {
      get: () => session.data() as Data | undefined,
      set: (data) => {
        for (const [key, value] of Object.entries(data)) session.set(key as never, value as never)
      },
      end: () => session.delete(),
    }),
  )
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => app.close())
  const decode = (text: string) => app.decodeSecureSession(text)
  return { url, app, sessions: secureSession({ decode }) }
}

/** cookie-session. */
export async function cookieApp(idOf?: (data: Data) => string) {
  const keys = [newKey(), newKey()]
  const handle = cookieSessionOf({ keys: [keys[1]!], maxAge: OLD_LIFETIME * 1000 })
  const url = await served((request, response) =>
    handle(request, response, async () => {
      const its = request as IncomingMessage & { session: Data | null }
      const body = await respond(request.url, {
        get: () => its.session,
        set: (data) => (its.session = data),
        end: () => (its.session = null),
      })
      response.end(JSON.stringify(body))
    }),
  )
  return { url, keys, sessions: cookieSession({ keys, ...(idOf && { idOf }) }) }
}

/** koa-session, in the cookie or with an external store. */
export async function koaApp({ isExternal = false } = {}) {
  const keys = [newKey()]
  const kept = new Map<string, unknown>()
  const store = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, data: unknown) => void kept.set(key, data),
    destroy: async (key: string) => void kept.delete(key),
  }
  const external = isExternal ? { store } : {}
  const app = new Koa()
  app.keys = keys
  app.use(koaSessionOf({ maxAge: OLD_LIFETIME * 1000, ...external }, app))
  app.use(async (context) => {
    context.body = await respond(context.path, {
      get: () => context.session,
      set: (data) => Object.assign(context.session, data),
      end: () => (context.session = null),
    })
  })
  const url = await served(app.callback())
  return { url, keys, store, sessions: koaSession({ keys, ...external, idOf: loginIdOf }) }
}

/** iron-session. */
export async function ironApp() {
  const options = { cookieName: 'shop', password: newKey(), ttl: OLD_LIFETIME }
  const url = await served(async (request, response) => {
    const session = await getIronSession<Data>(request, response, {
      ...options,
      cookieOptions: { secure: false },
    })
    const body = await respond(request.url, {
      get: () => session,
      set: (data) => Object.assign(session, data),
      end: () => session.destroy(),
    })
    if (request.url === '/login') await session.save()
    response.end(JSON.stringify(body))
  })
  const { password, ttl } = options
  return {
    url,
    password,
    sessions: ironSession({
      name: 'shop',
      unseal: (seal) => unsealData(seal, { password, ttl }),
      ttl,
    }),
  }
}

/** What each login has to itself. */
export const loginIdOf = (data: Data): string => String(data['loginId'])

/** Every system, with sessions that can be told from each other. */
export const OLD_APPS: readonly (readonly [name: string, start: () => Promise<OldApp>])[] = [
  ['express-session', () => expressApp()],
  ['@fastify/session', fastifyApp],
  ['koa-session with a store', () => koaApp({ isExternal: true })],
  ['cookie-session', () => cookieApp(loginIdOf)],
  ['koa-session', () => koaApp()],
  ['iron-session', ironApp],
  ['@fastify/secure-session', secureApp],
]

async function served(
  listener: (...exchange: Parameters<RequestListener>) => unknown,
): Promise<string> {
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function newKey(): string {
  const key = randomBytes(32).toString('base64')
  hygiene.keep('an old secret', key)
  return key
}
