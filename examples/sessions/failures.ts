import { App, Session, sessionIfAvailable, type SessionStore, route, sessions } from 'ingot'

// #region policy
export function createApp(store: SessionStore, warn: (message: string) => void): App {
  return new App({
    components: [
      sessions(store, {
        save: 'success',
        deadline: 500,
        onWarning: (error) => warn(error.message),
      }),
    ],
    routes: [
      route.get('/cart', [Session], (session) => session.get('cart') ?? []),
      // Worth showing without a session, while the store cannot be reached.
      route.get('/', [sessionIfAvailable], (session) => {
        return `Welcome, ${session?.get('name') ?? 'visitor'}.`
      }),
    ],
    onError: () => {},
  })
}
// #endregion
