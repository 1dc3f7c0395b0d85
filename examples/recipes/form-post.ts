import { App, HttpError, MemoryStore, Query, redirect, route, Session, sessions } from 'ingot'

/** What a library for OpenID Connect does, such as openid-client. */
export interface Provider {
  /** Where the visitor logs in, with `response_mode=form_post`. */
  authorizationUrl(state: string): string
  /** Redeems the code for the id of the user. */
  userOf(code: string): Promise<string>
}

// #region login
const begin = (provider: Provider) =>
  route.post('/login', [Session], (session) => {
    const state = crypto.randomUUID()
    session.set('login', state)
    return redirect(provider.authorizationUrl(state))
  })

/** The page of the provider sends this form. It asks for no session, because none comes with it. */
const receive = route.post('/login/callback', [FormData], (form) => {
  const [code, state] = [form.get('code'), form.get('state')]
  if (typeof code !== 'string' || typeof state !== 'string')
    throw new HttpError(400, 'The provider sent no code')
  return redirect(`/login/finish?${new URLSearchParams({ code, state }).toString()}`)
})

/** The browser comes here by itself, with the cookie of the session. */
const finish = (provider: Provider) =>
  route.get(
    '/login/finish',
    [Session, Query('code'), Query('state')],
    async (session, code, state) => {
      // Taken: a second try with the same state finds nothing.
      const expected = await session.take('login')
      if (expected === undefined || expected !== state)
        throw new HttpError(403, 'This login was not begun in this browser')
      session.bind(await provider.userOf(code))
      return redirect('/')
    },
  )
// #endregion

// #region app
export function createApp(provider: Provider): App {
  return new App({
    components: [sessions(new MemoryStore())],
    // `state` says that the login was begun here, so the guard has nothing to add.
    crossOrigin: { exempt: ['POST /login/callback'] },
    routes: [
      begin(provider),
      receive,
      finish(provider),
      route.get('/', [Session], (session) => `Hello, ${session.userId ?? 'whoever you are'}!`),
    ],
  })
}
// #endregion
