import { App, Session, route, sessions } from 'ingot'
import { redis } from 'ingot/redis'
import { RedisHashStore } from './redis-hash-store.js'

interface Visitor {
  username: string
  visits: number
}

/** A few routes on the store next door; any handler works with it as with the built-in ones. */
export function createApp(redisUrl: string): App {
  return new App({
    // The store sends its commands at once; until there is a connection the client keeps them.
    components: [sessions(RedisHashStore), redis(redisUrl, { enableOfflineQueue: true })],
    routes: [
      route.get('/me', [Session], (session: Session<Visitor>) => session.toObject()),
      route.post('/visits', [Session], (session: Session<Visitor>) => {
        return session.update('visits', (visits = 0) => visits + 1)
      }),
      route.post('/login', [Session], (session: Session<Visitor>) => {
        session.regenerate()
        session.set('username', 'ada')
      }),
      route.delete('/username', [Session], (session: Session<Visitor>) => {
        session.delete('username')
      }),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
  })
}
