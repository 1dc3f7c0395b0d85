import { App, CookieStore, Session, route, sessions } from 'ingot'
import { RedisBackend, connectRedis, disconnectRedis } from 'ingot/redis'

// #region revocations
export function createApp(secret: string, redisUrl: string): { app: App; close(): Promise<void> } {
  const redis = connectRedis(redisUrl)
  const store = new CookieStore({ secret, revocations: new RedisBackend(redis) })
  const app = new App({
    components: [sessions(store)],
    routes: [
      route.get('/', [Session], (session) => ({ user: session.userId ?? null })),
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/log-out-everywhere', [Session], async ({ userId }) => {
        if (userId !== undefined) await store.revokeUser(userId)
      }),
    ],
  })
  const close = async () => {
    await app.close()
    await disconnectRedis(redis)
  }
  return { app, close }
}
// #endregion
