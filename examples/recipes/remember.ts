import {
  App,
  inject,
  MemoryStore,
  Next,
  redirect,
  route,
  Session,
  sessions,
  token,
  value,
} from 'ingot'

/** Milliseconds since 1970. */
export const clock = token<() => number>('clock')

interface Visitor {
  isRemembered?: boolean
}

// #region slide
const DAY = 86_400
const VisitorSession = Session<Visitor>

/** A remembered login ends thirty days after its last visit, and after a year at the latest. */
export const staying = inject([VisitorSession, clock, Next], (session, now, next) => {
  if (session.get('isRemembered') && session.authenticatedAt) {
    const age = (now() - session.authenticatedAt.getTime()) / 1000
    // Whole days: one write a day, however often the visitor comes.
    session.remember(Math.min(Math.floor(age / DAY) + 30, 365) * DAY)
  }
  return next()
})
// #endregion

// #region login
const login = route.post('/login', [VisitorSession, FormData], (session, form) => {
  session.bind('ada')
  session.set('isRemembered', form.has('remember'))
  session.remember(form.has('remember') ? 30 * DAY : undefined)
  return redirect('/')
})
// #endregion

export function createApp(now = Date.now): App {
  return new App({
    components: [sessions(new MemoryStore({ clock: now })), value(clock, now)],
    routes: [
      login,
      route.get('/', [Session], (session) => session.userId ?? 'nobody', { middleware: [staying] }),
    ],
  })
}
