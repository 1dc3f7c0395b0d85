import { randomBytes } from 'node:crypto'
import { App, CookieStore, Session, route, scoped, sessions } from 'ingot'

// #region routes
function setUsername(session: Session, username: string) {
  session.set('username', username)
  return `Hello, ${username}!`
}

function getUsername(session: Session) {
  return session.get('username') ?? 'Who are you?'
}

function setFromQuery(session: Session, query: URLSearchParams) {
  session.set('username', query.get('name') ?? '')
}
// #endregion

// #region asking
class Visits {
  constructor(private readonly session: Session) {}

  count(step: number) {
    const visits = Number(this.session.get('visits') ?? 0) + step
    this.session.set('visits', visits)
    return { visits }
  }
}

// `step` and `direction` are parameters of the path, by their names.
function visit(visits: Visits, step: number, direction: 'up' | 'down') {
  return visits.count(direction === 'up' ? step : -step)
}
// #endregion

const secret = process.env['SESSION_SECRET'] ?? randomBytes(32).toString('hex')

// #region app
export const app = new App({
  components: [
    sessions(new CookieStore({ secret })),
    scoped(Visits, (session: Session) => new Visits(session)),
  ],
  routes: [
    route.post('/set-username/:username', setUsername),
    route.get('/get-username', getUsername),
    route.post('/username', setFromQuery),
    route.post('/visits/:direction/:step', visit),
    route.get('/healthz', (url: URL) => ({ ok: true, at: url.pathname })),
  ],
})
// #endregion
