import { HttpError, redirect, route, Session } from 'ingot'
import { html } from './html.js'
import { Users } from './users.js'

function logIn(session: Session, users: Users, form: FormData) {
  const name = field(form, 'name')
  if (!users.check(name, field(form, 'password')))
    throw new HttpError(403, 'Name and password do not belong together.')
  // A new id: one that somebody planted in the browser before is worth nothing.
  session.bind(name)
  return redirect('/')
}

function logOut(session: Session) {
  session.destroy()
  return redirect('/')
}

export const account = [route.post('/login', logIn), route.post('/logout', logOut)]

/** The form to log in, or out. */
export function accountForm(user: string | undefined) {
  if (user !== undefined)
    return html`<form method="post" action="/logout">${user} <button>Log out</button></form>`
  return html`<form method="post" action="/login">
    <label>Name <input name="name" required autocomplete="username" /></label>
    <label
      >Password <input name="password" type="password" required autocomplete="current-password"
    /></label>
    <button>Log in</button>
  </form>`
}

function field(form: FormData, name: string) {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}
