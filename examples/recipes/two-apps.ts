import { App, MemoryStore, route, Session, sessions } from 'ingot'

// #region names
/** For http://localhost:3000. */
export function createShop(name = '__Host-shop'): App {
  return appWith(new MemoryStore({ name, secure: 'auto' }))
}

/** For http://localhost:4000. */
export function createOffice(name = '__Host-office'): App {
  return appWith(new MemoryStore({ name, secure: 'auto' }))
}
// #endregion

function appWith(store: MemoryStore): App {
  return new App({
    components: [sessions(store, { onWarning: () => {} })],
    routes: [
      route.post('/login/:user', [Session], (session) => session.bind('ada')),
      route.get('/', [Session], (session) => session.userId ?? 'nobody'),
    ],
  })
}
