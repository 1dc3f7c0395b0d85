import { randomBytes } from 'node:crypto'
import { App, CookieStore, Param, Session, route, sessions } from 'ingot'
import { logSecurity } from './security-log.js'
import { measureSessions } from './metrics.js'
import { MemoryMeter } from './telemetry.js'

interface Visitor {
  username: string
}

const meter = new MemoryMeter()
const secret = process.env['SESSION_SECRET'] ?? randomBytes(32).toString('hex')
// #region key
const eventKey = process.env['SESSION_EVENT_KEY'] ?? randomBytes(32).toString('hex')

const store = sessions(new CookieStore({ secret }), { eventKey })
// #endregion

/** A few pages, and `/metrics`, which shows what was counted. */
export const app = new App({
  components: [store],
  routes: [
    route.post('/login/:name', [Session, Param('name')], (session: Session<Visitor>, name) => {
      session.regenerate({ authenticated: true })
      session.set('username', name)
      return `Hello, ${name}!`
    }),
    route.post('/logout', [Session], (session: Session<Visitor>) => {
      session.destroy()
      return 'Goodbye!'
    }),
    route.get('/', [Session], (session: Session<Visitor>) => session.get('username') ?? 'stranger'),
    route.get('/metrics', () => `${meter.lines().join('\n')}\n`),
  ],
})

/** Starts to observe. Returns the function that stops it. */
export function watch(write: (line: string) => void): () => void {
  const ends = [measureSessions(meter), logSecurity(write)]
  return () => ends.forEach((end) => end())
}
