import { HttpError } from './errors/http-error.js'
import { problem } from './errors/problem.js'
import { withoutBody } from './response/respond.js'
import type { Router } from './routing/router.js'

/**
 * The response to a request that no route takes: 404, 405, or 204 for OPTIONS. A preflight needs no plan,
 * so it opens no session.
 */
export function withoutRoute(router: Router<unknown>, method: string, path: string): Response {
  const allow = router.allowed(path).join(', ')
  if (allow === '') return rejection(method, new HttpError(404))
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
  return rejection(method, new HttpError(405, undefined, { headers: { allow } }))
}

/** The response to a request whose route was found, but not the parameters of its path. */
export function malformedPath(method: string): Response {
  return rejection(method, new HttpError(400, 'The path has a malformed percent escape'))
}

function rejection(method: string, error: HttpError): Response {
  const response = problem(error)
  return method === 'HEAD' ? withoutBody(response) : response
}
