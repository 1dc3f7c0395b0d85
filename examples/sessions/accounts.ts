import {
  App,
  HttpError,
  MemoryStore,
  Param,
  Session,
  SessionView,
  UserSessions,
  inject,
  optional,
  Header,
  Next,
  route,
  sessions,
} from 'ingot'

interface Visit {
  cart: string[]
}

// #region login
const login = route.post(
  '/login/:user',
  [Session, Param('user'), optional(Header('user-agent'))],
  (session: Session<Visit>, user, browser) => {
    // Here the application has checked the password.
    session.bind(user, { label: browser ?? 'unknown browser' })
  },
)

const logout = route.post('/logout', [Session], (session) => session.destroy())
// #endregion

const stay = route.post('/stay', [Session], (session) => {
  // #region remember
  session.remember(30 * 86_400)
  // #endregion
})

// #region guard
const usersOnly = inject([SessionView, Next], (session: SessionView<Visit>, next) => {
  if (session.userId === undefined) throw new HttpError(401)
  return next()
})

const recentLogin = inject([SessionView, Next], (session: SessionView<Visit>, next) => {
  const since = Date.now() - (session.authenticatedAt?.getTime() ?? 0)
  if (since > 5 * 60_000) throw new HttpError(403, 'Type your password again.')
  return next()
})

const account = route.get('/account', [SessionView], (session) => session.userId, {
  middleware: [usersOnly],
})

const rename = route.post('/account/name', [], () => 'Renamed.', {
  middleware: [usersOnly, recentLogin],
})
// #endregion

// #region sessions
const list = route.get('/sessions', [UserSessions], (sessions) => sessions.list())

const revoke = route.delete(
  '/sessions/:handle',
  [UserSessions, Param('handle')],
  async (sessions, handle) => ({ wasThere: await sessions.revoke(handle) }),
)

const revokeOthers = route.post('/sessions/revoke-others', [UserSessions], async (sessions) => ({
  revoked: await sessions.revokeOthers(),
}))
// #endregion

export const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [login, logout, stay, account, rename, list, revokeOthers, revoke],
})
