import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { App, route, type Route } from '../../src/http/index.js'
import { redis, RedisStore } from '../../src/sessions/redis/index.js'
import { Session, sessions, UserSessions } from '../../src/sessions/index.js'
import { startRedis } from '../support/redis-server.js'
import { gate } from '../sessions/server-store/server-store-suite.js'

type Reached = () => Promise<void>

/** Requests whose sessions need Redis in different ways once they have been let go. */
const requests: Readonly<Record<string, (reached: Reached) => Route>> = {
  'stores a session': (reached) =>
    route.post('/', [Session], async (session) => {
      await reached()
      session.set('a', 1)
    }),
  'logs in and stores a session': (reached) =>
    route.post('/', [Session], async (session) => {
      await reached()
      session.bind('ada')
    }),
  'revokes sessions': (reached) =>
    route.post('/', [Session, UserSessions], async (_, users) => {
      await reached()
      await users.revokeAll('ada')
    }),
}

test.each(Object.entries(requests))(
  'with all defaults close() ends within a second while Redis hangs and a request %s [A16]',
  async (_, make) => {
    await using server = await startRedis()
    const hold = gate()
    const app = new App({
      components: [
        sessions(new RedisStore(), { onWarning: () => {} }),
        redis(server.url, { onOutage: () => {} }),
      ],
      routes: [make(hold.pass), route.get('/ping', [Redis], (client) => client.ping())],
      onError: () => {},
    })
    const { url } = await app.listen(0)
    // The connection, the clock of the server and the code are known by then, as in a process that has served.
    expect((await fetch(new URL('ping', url))).status).toBe(200)
    const answered = fetch(url, { method: 'POST' })
    await hold.waited
    server.process.kill('SIGSTOP')
    hold.open()
    const started = performance.now()
    await app.close()
    expect(performance.now() - started).toBeLessThan(1000)
    expect((await answered).status).toBe(503)
  },
)
