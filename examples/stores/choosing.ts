import { App, CookieStore, MemoryStore, Session, type SessionStore, route, sessions } from 'ingot'
import { RedisClusterStore, RedisStore, redis, redisCluster, redisSentinel } from 'ingot/redis'

const routes = [
  route.get('/', [Session], (session) => session.toObject()),
  route.post('/', [Session], (session) => {
    return session.update('count', (before: number = 0) => before + 1)
  }),
  route.post('/logout', [Session], (session) => session.destroy()),
]

// #region cookie
export function withCookies(secret: string | readonly string[]): App {
  const store = new CookieStore({ secret, application: 'shop' })
  return new App({ components: [sessions(store)], routes })
}
// #endregion

// #region memory
export function withMemory(): App {
  const store = new MemoryStore({ idleTimeout: 3600, absoluteTimeout: 86_400, limit: 50_000 })
  return new App({ components: [sessions(store)], routes })
}
// #endregion

// #region redis
export function withRedis(url: string): App {
  const store = new RedisStore({ prefix: 'shop:session:' })
  return new App({ components: [sessions(store), redis(url)], routes })
}
// #endregion

// #region sentinel
export function withSentinel(sentinels: { host: string; port: number }[]): App {
  const store = new RedisStore({ confirm: { replicas: 1, timeoutMs: 500 } })
  return new App({
    components: [sessions(store), redisSentinel({ sentinels, name: 'shop' })],
    routes,
  })
}
// #endregion

// #region cluster
export function withCluster(nodes: { host: string; port: number }[]): App {
  return new App({
    components: [sessions(new RedisClusterStore()), redisCluster(nodes)],
    routes,
  })
}
// #endregion

// #region capabilities
export function assertRevocable({ capabilities }: SessionStore): void {
  if (!capabilities.isRevocable) throw new Error('This application needs logouts that are final.')
}
// #endregion
