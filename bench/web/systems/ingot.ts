import {
  App,
  CookieStore,
  MemoryStore,
  route,
  Session,
  sessions,
  type CookieStoreOptions,
  type SessionStore,
} from '../../../src/index.js'
import { redis, RedisStore } from '../../../src/sessions/redis/index.js'
import { GREETING, held, LIFE, NAME, SECRET, type System } from '../system.js'

const hello = route.get('/', [], () => GREETING)

const routes = [
  hello,
  route.get('/read', [Session], (session: Session<Data>) => `${session.get('count') ?? 0}`),
  route.post('/count', [Session], (session: Session<Data>) => {
    const count = (session.get('count') ?? 0) + 1
    if (count === 1) session.set('name', NAME)
    session.set('count', count)
    return `${count}`
  }),
]

interface Data {
  name?: string
  count?: number
}

const life = { idle: LIFE, absoluteTimeout: 10 * LIFE }

export const system: System = {
  hello: () => listening(new App({ routes: [hello] })),
  waiting: () => listening(new App({ routes: [hello, route.get('/wait', [], held)] })),
  sealed: () => withCookies({}),
  signed: () => withCookies({ protection: 'signed' }),
  redis: (url) =>
    listening(new App({ routes, components: [redis(url), sessions(new RedisStore(life))] })),
  memory: () => listening(withSessions(new MemoryStore({ limit: 20_000, ...life }))),
}

export function withCookies(options: Partial<CookieStoreOptions>): Promise<number> {
  return listening(withSessions(new CookieStore({ secret: SECRET, ...life, ...options })))
}

function withSessions(store: SessionStore): App {
  return new App({ routes, components: [sessions(store)] })
}

async function listening(app: App): Promise<number> {
  return (await app.listen({ port: 0, hostname: '127.0.0.1' })).port
}
