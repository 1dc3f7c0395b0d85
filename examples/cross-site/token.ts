import { App, CsrfToken, MemoryStore, Session, csrfTokenGuard, route, sessions } from 'ingot'

const html = (text: string) =>
  new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } })

// #region token
const form = route.get('/email', [CsrfToken], (token) => {
  return html(`<form method="post" action="/email">
    <input type="hidden" name="_csrf" value="${token.value}">
    <input type="email" name="email" required>
    <button>Change</button>
  </form>`)
})

const change = route.post('/email', [Session, FormData], (session, fields) => {
  session.set('email', fields.get('email'))
})

export const app = new App({
  components: [sessions(new MemoryStore())],
  // All that the guard does by default, and then the token.
  middleware: [csrfTokenGuard()],
  routes: [form, change, route.post('/login', [Session], (session) => session.bind('ada'))],
})
// #endregion
