import { App, CookieStore, Session, crossOriginGuard, route, sessions } from 'ingot'

// #region guard
/** Nothing that changes something is taken from pages of other websites. */
export function guarded(secret: string): App {
  return new App({
    components: [sessions(new CookieStore({ secret }))],
    middleware: [crossOriginGuard()],
    routes: [
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.get('/me', [Session], (session) => ({ user: session.userId ?? null })),
    ],
  })
}
// #endregion

/** With a partner who sends from his own pages, and an identity provider that sends its answer by a form. */
export function withExceptions(secret: string): App {
  return new App({
    components: [sessions(new CookieStore({ secret }))],
    middleware: [
      // #region exceptions
      crossOriginGuard({
        trustedOrigins: ['https://app.partner.example'],
        exempt: ['POST /saml/:provider'],
      }),
      // #endregion
    ],
    routes: [
      route.post('/orders', () => 'ordered'),
      route.post('/saml/:provider', () => 'signed in'),
      route.post('/webhooks/payments', () => 'noted'),
    ],
  })
}
