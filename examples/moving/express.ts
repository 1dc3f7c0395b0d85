import { App, Session, UserSessions, route, sessions, type ServerStore } from 'ingot'
import { expressSession, movingFrom, type ExpressSessionOptions } from 'ingot/moving'

/** What differs between the servers of a test and those of a site. */
export interface Settings {
  /** What express-session was given: `new RedisStore({ client })` of connect-redis, for example. */
  readonly oldStore: ExpressSessionOptions['store']
  readonly oldSecret: string
  readonly store: ServerStore
  readonly secret: string
  /** The last day on which old sessions are taken over. */
  readonly until: Date
}

// #region express
export function createApp({ oldStore, oldSecret, store, secret, until }: Settings): App {
  const old = expressSession({ store: oldStore, secret: oldSecret })
  const moving = movingFrom(old, store, {
    secret,
    until,
    // Who is logged in, as Passport keeps it, and since when, where the old application noted that.
    session: ({ data: { passport, loginAt, ...data } }) => ({
      data,
      ...(isPassport(passport) && { userId: passport.user }),
      ...(typeof loginAt === 'string' && { createdAt: new Date(loginAt) }),
    }),
  })
  return new App({ components: [sessions(moving)], routes })
}
// #endregion

function isPassport(value: unknown): value is { readonly user: string } {
  return typeof Object(value).user === 'string'
}

const routes = [
  route.get('/me', [Session], (session) => ({
    user: session.userId ?? null,
    cart: session.get('cart') ?? [],
  })),
  route.get('/devices', [UserSessions], (users) => users.list()),
  route.post('/logout', [Session], (session) => session.destroy()),
]
