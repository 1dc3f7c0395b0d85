import {
  App,
  CookieStore,
  MemoryStore,
  Param,
  route,
  Session,
  sessions,
  type Component,
  type CookieStoreOptions,
  type SessionStore,
} from '../../../src/index.js'
import { kept, keptIn } from '../kept.js'
import { GREETING, held, LIFE, SECRET, type System } from '../system.js'

const hello = route.get('/', [], () => GREETING)

const routes = [
  hello,
  route.get('/read', [Session], (session: Session<Data>) => `${session.get('count') ?? 0}`),
  route.get('/kept', [Session], (session) => `${keptIn((key) => session.get(key))}`),
  route.post('/count', [Session], (session: Session<Data>) => {
    const count = (session.get('count') ?? 0) + 1
    if (count === 1) for (const [key, value] of Object.entries(kept)) session.set(key, value)
    session.set('count', count)
    return `${count}`
  }),
]

interface Data {
  [key: string]: unknown
  count?: number
}

/** Each writes one key, as parallel requests of one visitor do; then, how many of them are there. */
const contended = [
  route.post('/put/:key', [Session, Param('key')], (session, key) => {
    session.set(`put ${key}`, true)
    return key
  }),
  route.get('/written', [Session], (session) => {
    return `${Object.keys(session.toObject()).filter((key) => key.startsWith('put ')).length}`
  }),
]

/** A busy machine must not make it refuse what others wait for. */
const patient = { migrate: true, timeoutMs: 20_000 }
const life = { idleTimeout: LIFE, absoluteTimeout: 10 * LIFE }

export const system: System = {
  hello: () => listening(new App({ routes: [hello] })),
  waiting: () => listening(new App({ routes: [hello, route.get('/wait', [], held)] })),
  sealed: () => withCookies({}),
  signed: () => withCookies({ protection: 'signed' }),
  redis: async (url) => {
    const { redis, RedisStore } = await import('../../../src/sessions/redis/index.js')
    const components = [redis(url), sessions(new RedisStore(life))]
    return listening(new App({ routes: [...routes, ...contended], components }))
  },
  postgres: async (url) => {
    const { postgres, PostgresStore } = await databases()
    return listening(withSessions(new PostgresStore(life), postgres(url, patient)))
  },
  sqlite: async (path) => {
    const { sqlite, SqliteStore } = await databases()
    const component = sqlite(path, { ...patient, driver: 'better-sqlite3' })
    return listening(withSessions(new SqliteStore(life), component))
  },
  mysql: async (url) => {
    const { mysql, MysqlStore } = await databases()
    return listening(withSessions(new MysqlStore(life), mysql(url, patient)))
  },
  memory: () => listening(withSessions(new MemoryStore({ limit: 20_000, ...life }))),
  inExpress: async () => (await import('../in-frameworks/express.js')).inExpress(),
  inHono: async () => (await import('../in-frameworks/hono.js')).inHono(),
  inFastify: async () => (await import('../in-frameworks/fastify.js')).inFastify(),
}

function databases(): Promise<typeof import('../../../src/sessions/sql/index.js')> {
  return import('../../../src/sessions/sql/index.js')
}

export function withCookies(options: Partial<CookieStoreOptions>): Promise<number> {
  return listening(withSessions(new CookieStore({ secret: SECRET, ...life, ...options })))
}

function withSessions(store: SessionStore, ...components: readonly Component[]): App {
  return new App({ routes, components: [sessions(store, { deadline: 20_000 }), ...components] })
}

async function listening(app: App): Promise<number> {
  return (await app.listen({ port: 0, hostname: '127.0.0.1' })).port
}
