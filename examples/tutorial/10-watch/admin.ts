import { HttpError, Next, redirect, route, Session, UserSessions } from 'ingot'
import { html, page } from './html.js'

/** Lets nobody else see that there is such a page. */
function adminsOnly(session: Session, next: Next) {
  if (session.userId !== 'admin') throw new HttpError(404)
  return next()
}

const list = route.get('/:user', async (sessions: UserSessions, user: string) => {
  const lines = (await sessions.list(user)).map(
    ({ seenAt }) => html`<li>active at ${seenAt.toISOString()}</li>`,
  )
  return page(
    `Sessions of ${user}`,
    html`<ul>
        ${lines}
      </ul>
      <form method="post"><button>End all of them</button></form>`,
  )
})

const endAll = route.post('/:user', async (sessions: UserSessions, user: string) => {
  await sessions.revokeAll(user)
  return redirect(`/admin/${user}`)
})

export const admin = route.group('/admin', [list, endAll], { middleware: [adminsOnly] })
