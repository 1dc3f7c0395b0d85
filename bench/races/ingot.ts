import { App, Param, Session, redirect, route, sessions } from '../../src/index.js'
import { RedisStore, redis } from '../../src/sessions/redis/index.js'
import { gates, type System } from './system.js'

/** Ingot with its RedisStore, all options as they are by default. */
export const ingot: System = {
  name: 'Ingot',
  async start(redisUrl) {
    const app = new App({
      components: [sessions(new RedisStore(), { report: () => {} }), redis(redisUrl)],
      routes: [
        route.get('/', [Session], (session) => session.toObject()),
        route.post('/begin', [Session], (session) => {
          session.set('user', 'ada').set('n', 0)
        }),
        route.post('/set/:key', [Session, Param('key', String), URL], async (session, key, url) => {
          await gates.pass(url)
          session.set(key, key)
        }),
        route.post('/update', [Session], (session) => {
          session.update('n', (n: number) => n + 1)
        }),
        route.post('/write/:n', [Session, Param('n', Number)], (session, n) => {
          session.set('n', n)
          return redirect('/')
        }),
        route.post('/logout', [Session], (session) => session.destroy()),
      ],
      onError: () => {},
    })
    const { url, close } = await app.listen({ port: 0, hostname: '127.0.0.1' })
    return { url: String(url), close }
  },
}
