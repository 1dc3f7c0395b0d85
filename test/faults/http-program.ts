import { App, MemoryStore, Param, Session, route, sessions } from '../../src/index.js'

/** A server for tests that send signals to its process. At its end it prints what it has stored. */
const stored: string[] = []

const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [
    route.get('/', () => 'alive'),
    route.get('/memory', () => process.memoryUsage().rss),
    route.post('/:n', [Session, Param('n')], async (session, n) => {
      session.set('n', n)
      await session.commit()
      stored.push(n)
      return n
    }),
  ],
})

const server = await app.listen({ port: 0, hostname: '127.0.0.1', closeOn: ['SIGTERM'] })
process.once('exit', () => console.log(JSON.stringify(stored)))
console.log(server.port)
