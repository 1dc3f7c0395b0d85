import {
  AllSessions,
  App,
  HttpError,
  inject,
  MemoryStore,
  Next,
  Param,
  redirect,
  route,
  Session,
  sessions,
  type UserSession,
} from 'ingot'

// #region guard
/** For administrators only; for others these pages do not exist. */
const onlyAdmins = inject([Session<{ role?: string }>, Next], (session, next) => {
  if (session.userId === undefined || session.get('role') !== 'admin') throw new HttpError(404)
  return next()
})
// #endregion

// #region pages
const show = route.get('/users/:id', [AllSessions, Param('id')], async (all, id) => {
  const rows = await all.list(id)
  return new Response(page(id, rows), { headers: { 'content-type': 'text/html' } })
})

const revoke = route.post(
  '/users/:id/sessions/:handle/revoke',
  [AllSessions, Param('id'), Param('handle')],
  async (all, id, handle) => {
    await all.revoke(id, handle)
    return redirect(`/admin/users/${encodeURIComponent(id)}`)
  },
)

const admin = route.group('/admin', [show, revoke], { middleware: [onlyAdmins] })
// #endregion

// #region html
function page(id: string, rows: readonly UserSession[]): string {
  const action = (handle: string) =>
    `/admin/users/${encodeURIComponent(id)}/sessions/${handle}/revoke`
  return `<!doctype html>
<title>Sessions of ${escape(id)}</title>
<h1>Sessions of ${escape(id)}</h1>
<ul>
${rows
  .map(
    ({
      handle,
      label = 'a browser',
      seenAt,
    }) => `<li>${escape(label)}, last seen ${seenAt.toISOString()}
<form method="post" action="${escape(action(handle))}"><button>End it</button></form></li>`,
  )
  .join('\n')}
</ul>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
// #endregion

export function createApp(store = new MemoryStore()): App {
  return new App({ components: [sessions(store)], routes: [admin] })
}
