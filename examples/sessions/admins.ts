import { App, CookieStore, MemoryStore, Session, route, sessions } from 'ingot'

interface Admin {
  approvals: number
}

// #region two
/** What administrators have: another cookie, other limits, and nothing of what visitors have. */
class AdminSession extends Session<Admin> {}

export function createApp(secret: string): App {
  return new App({
    components: [
      sessions(new CookieStore({ secret })),
      sessions(
        new MemoryStore({ name: '__Host-admin', idleTimeout: 5 * 60, absoluteTimeout: 3600 }),
        {
          as: AdminSession,
        },
      ),
    ],
    routes: [
      route.post('/approve', [AdminSession], (session) => {
        return session.update('approvals', (before = 0) => before + 1)
      }),
      route.get('/', [Session, AdminSession], (visitor, admin) => ({
        visitor: visitor.toObject(),
        admin: admin.toObject(),
      })),
    ],
  })
}
// #endregion
