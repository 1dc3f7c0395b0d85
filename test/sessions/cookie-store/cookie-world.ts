import { App, Cookies, route, type Cookie } from '../../../src/http/index.js'
import {
  CookieStore,
  Session,
  sessions,
  type CookieStoreOptions,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { newSecret } from '../secrets.js'

export const NAME = '__Host-session'
export const secret = newSecret()

/** An application over a cookie store, with a clock that tests move. */
export function world(options: Partial<CookieStoreOptions> = {}, policy: SessionsOptions = {}) {
  const time = { now: 1_700_000_000_000 }
  const clock = () => time.now
  const store = new CookieStore({ secret, clock, warn: () => {}, ...options })
  const app = new App({
    components: [sessions(store, policy)],
    routes: [
      route.get('/', () => 'no session here'),
      route.get('/read', [Session], (session) => session.toObject()),
      route.get('/id', [Session], (session) => session.id),
      route.get('/ask', [Session], () => 'asked only'),
      route.post('/write', [Session], (session) => void session.set('user', 'ada')),
      route.post('/big', [Session], (session) => void session.set('big', 'x'.repeat(4000))),
      route.post('/empty', [Session], (session) => session.clear()),
      route.post('/login', [Session], (session) => {
        session.regenerate({ authenticated: true })
        session.set('user', 'ada')
      }),
      route.post('/remember', [Session], (session) => session.remember(30 * 86_400)),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/relogin', [Session], (session) => {
        session.regenerate()
        session.regenerate()
        session.destroy()
        session.set('user', 'eve')
      }),
    ],
    onError: () => {},
  })
  const client = testClient(app, { clock })
  return { app, client, store, time }
}

/** Without revocations the store is synchronous. */
export const opened = (store: CookieStore, header = '') =>
  store.load(new Cookies(header)) as Session
export const dumped = (store: CookieStore, session: Session) =>
  store.dump(session) as Cookie | undefined

export const setCookies = (response: Response) => response.headers.getSetCookie()
