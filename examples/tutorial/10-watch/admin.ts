import { HttpError, inject, Next, Param, redirect, route, Session, UserSessions } from 'ingot'
import { html, page } from './html.js'

/** Lets nobody else see that there is such a page. */
const adminsOnly = inject([Session, Next], (session, next) => {
  if (session.userId !== 'admin') throw new HttpError(404)
  return next()
})

const list = route.get('/:user', [UserSessions, Param('user')], async (sessions, user) => {
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

const endAll = route.post('/:user', [UserSessions, Param('user')], async (sessions, user) => {
  await sessions.revokeAll(user)
  return redirect(`/admin/${user}`)
})

export const admin = route.group('/admin', [list, endAll], { middleware: [adminsOnly] })
