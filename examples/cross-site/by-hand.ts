import { App, Body, CsrfToken, HttpError, MemoryStore, Session, route, sessions } from 'ingot'

// #region by-hand
interface Draft {
  readonly token?: unknown
  readonly text?: unknown
}

/** `navigator.sendBeacon` cannot set headers, so the page sends the token in its JSON. */
const saveDraft = route.post('/draft', [Session, CsrfToken, Body()], (session, token, body) => {
  const { token: sent, text } = Object(body) as Draft
  if (!token.verify(sent)) throw new HttpError(403, 'The token is not that of this session')
  session.set('draft', String(text))
})
// #endregion

export const app = new App({
  components: [sessions(new MemoryStore())],
  routes: [
    saveDraft,
    route.post('/login', [Session, CsrfToken], (session, token) => {
      session.bind('ada')
      return token.value
    }),
  ],
})
