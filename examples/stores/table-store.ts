import {
  App,
  Cookie,
  Cookies,
  Inject,
  Session,
  SessionLostError,
  SessionStore,
  route,
  sessions,
  value,
} from 'ingot'
import { Table } from './table.js'

const COOKIE = '__Host-session'

// #region store
/** Keeps each session as a row of a table. */
export class TableStore extends SessionStore {
  override readonly capabilities = { isRevocable: true, mergesWrites: false, takesOnce: false }

  @Inject()
  async load(cookies: Cookies, table: Table): Promise<Session> {
    for (const id of cookies.getAll(COOKIE)) {
      const session = Session.fromRecord(id, await table.select(id))
      if (session) return session
    }
    return Session.empty()
  }

  @Inject()
  async dump(session: Session, table: Table): Promise<Cookie | undefined> {
    const { previousId, isNew, isDestroyed, isChanged } = session
    // After a logout elsewhere the row is gone, and a new id must not bring the session back.
    const wasThere = previousId && (await table.delete(previousId))
    if (isDestroyed) return Cookie.expired(COOKIE)
    if (!isChanged) return undefined
    if (!isNew && previousId && !wasThere) throw new SessionLostError()
    if (!isNew && !previousId) {
      if (await table.update(session.id, session.toRecord())) return undefined
      throw new SessionLostError()
    }
    await table.insert(session.id, session.toRecord())
    return new Cookie(COOKIE, session.id)
  }
}
// #endregion

// #region use
export function createApp(table: Table): App {
  return new App({
    components: [sessions(TableStore), value(Table, table)],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/', [Session], (session) => void session.set('name', 'ada')),
      route.post('/login', [Session], (session) => {
        session.bind('ada')
        session.flash.set('notice', 'Welcome back.')
      }),
      route.get('/me', [Session], (session) => [session.userId, session.flash.get('notice')]),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
  })
}
// #endregion
