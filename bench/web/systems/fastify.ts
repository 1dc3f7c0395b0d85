import cookie from '@fastify/cookie'
import secureSession from '@fastify/secure-session'
import session from '@fastify/session'
import fastify, { type FastifyInstance } from 'fastify'
import { kept, keptIn } from '../kept.js'
import { GREETING, held, LIFE, SECRET, type System } from '../system.js'

declare module 'fastify' {
  interface Session {
    count?: number
  }
}
declare module '@fastify/secure-session' {
  interface SessionData {
    count: number
  }
}

export const system: System = {
  hello: () => listening(withHello(fastify())),
  waiting: () => listening(withHello(fastify()).get('/wait', () => held())),
  sealed: async () => {
    const app = withHello(fastify())
    await app.register(secureSession, {
      key: Buffer.from(SECRET),
      cookieName: '__Host-session',
      expiry: LIFE,
      cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' },
    })
    app.get('/read', (request) => `${(request.session as unknown as Sealed).get('count') ?? 0}`)
    app.get('/kept', (request) => {
      return `${keptIn((key) => (request.session as unknown as Sealed).get(key))}`
    })
    app.post('/count', (request) => {
      const sealed = request.session as unknown as Sealed
      const count = (sealed.get('count') ?? 0) + 1
      if (count === 1) for (const [key, value] of Object.entries(kept)) sealed.set(key, value)
      sealed.set('count', count)
      return `${count}`
    })
    return listening(app)
  },
  redis: async (url) => {
    const { RedisStore } = await import('connect-redis')
    const { createClient } = await import('redis')
    const client = createClient({ url })
    await client.connect()
    return withSessions(new RedisStore({ client, ttl: LIFE }) as never)
  },
  memory: () => withSessions(new session.MemoryStore()),
  inFastify: () => withSessions(new session.MemoryStore()),
}

async function withSessions(store: session.SessionStore): Promise<number> {
  const app = withHello(fastify())
  await app.register(cookie)
  await app.register(session, {
    secret: SECRET,
    cookieName: '__Host-session',
    store,
    saveUninitialized: false,
    rolling: false,
    // It sends none over http that is Secure.
    cookie: { path: '/', httpOnly: true, secure: false, sameSite: 'lax' },
  })
  app.get('/read', (request) => `${request.session.count ?? 0}`)
  app.get('/kept', ({ session: data }) => `${keptIn((key) => data[key as 'count'])}`)
  app.post('/count', (request) => {
    const count = (request.session.count ?? 0) + 1
    if (count === 1) Object.assign(request.session, kept)
    request.session.count = count
    return `${count}`
  })
  return listening(app)
}

interface Sealed {
  get(key: 'count'): number | undefined
  get(key: string): unknown
  set(key: string, value: unknown): void
}

function withHello(app: FastifyInstance): FastifyInstance {
  return app.get('/', () => GREETING)
}

export async function listening(app: FastifyInstance): Promise<number> {
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}
