import { addLines } from 'ingot/node'
import { App, MemoryStore, Param, Session, sessions, type RequestScope } from 'ingot'

// #region handler
const app = new App({ routes: [], components: [sessions(new MemoryStore())] })

/** In Next: `app/likes/[id]/route.ts`; in SvelteKit, Astro and React Router likewise. */
export const POST = app.handler([Session, Param('id')], (session, id) => {
  const likes = [...((session.get('likes') as string[] | undefined) ?? []), id]
  session.set('likes', likes)
  return { likes }
})
// #endregion

// #region enter
/** Around whatever responds to a standard request. */
export async function withSession(
  request: Request,
  respond: (scope: RequestScope) => Promise<Response>,
): Promise<Response> {
  const scope = app.enter(request)
  const response = await respond(scope)
  const headers = new Headers(response.headers)
  const { body, status } = response
  addLines(headers, await scope.leave({ status, has: (name) => headers.has(name) }))
  scope.done()
  return new Response(body, { status, headers })
}
// #endregion
