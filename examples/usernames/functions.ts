import { randomBytes } from 'node:crypto'
import { App, CookieStore, Param, Session, route, sessions } from 'ingot'

interface Visitor {
  username: string
}

// #region routes
const setUsername = route.post(
  '/set-username/:username',
  [Session, Param('username')],
  (session: Session<Visitor>, username) => {
    session.set('username', username)
    return `Hello, ${username}!`
  },
)

const getUsername = route.get('/get-username', [Session], (session: Session<Visitor>) => {
  return session.get('username') ?? 'Who are you?'
})
// #endregion

const secret = process.env['SESSION_SECRET'] ?? randomBytes(32).toString('hex')

export const app = new App({
  components: [sessions(new CookieStore({ secret }))],
  routes: [setUsername, getUsername],
})
