import { App, CookieStore, Session, crossOriginGuard, route, sessions } from 'ingot'

// #region guard
/** Pages of other websites cannot send requests that change something: the guard is on by default. */
export function guarded(secret: string): App {
  return new App({
    components: [sessions(new CookieStore({ secret }))],
    routes: [
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.get('/me', [Session], (session) => ({ user: session.userId ?? null })),
    ],
  })
}
// #endregion

/** With a partner who sends from their own pages, and an identity provider that responds with a form. */
export function withExceptions(secret: string): App {
  return new App({
    components: [sessions(new CookieStore({ secret }))],
    // #region exceptions
    crossOrigin: {
      trustedOrigins: ['https://app.partner.example'],
      exempt: ['POST /saml/:provider'],
    },
    // #endregion
    routes: [
      route.post('/orders', () => 'ordered'),
      route.post('/saml/:provider', () => 'signed in'),
      route.post('/webhooks/payments', () => 'noted'),
    ],
  })
}

/** A route with a partner of its own: its guard takes the place of the application's. */
export function withOwnGuard(): App {
  return new App({
    routes: [
      // #region own-guard
      route.post('/orders', () => 'ordered', {
        middleware: [crossOriginGuard({ trustedOrigins: ['https://orders.example'] })],
      }),
      // #endregion
      route.post('/returns', () => 'returned'),
    ],
  })
}
