import { fromAnotherCopy, type Token } from '../di/index.js'
import { App, route } from '../http/index.js'
import { Session } from '../sessions/index.js'

/** Which session, in an application with two kinds. */
export interface SessionChoice {
  /** What was given to `sessions(store, { as })`. Default: `Session`. */
  readonly as?: Token<Session>
}

/**
 * Runs `act` with the session of a request, which the application's own store loads and dumps, and returns the
 * response with its cookie. No route and no middleware of the application runs.
 *
 * @throws TypeError when `app` is not an `App`: only an `App` has a store.
 * @throws Error when the store fails, with the cause.
 */
export async function askForSession(
  app: unknown,
  request: Request,
  { as = Session }: SessionChoice,
  act: (session: Session) => void,
): Promise<Response> {
  if (!(app instanceof App)) {
    const problem =
      'a test client can only begin and read sessions of an App: pass the App itself to testClient.'
    throw new TypeError([problem, fromAnotherCopy(app) ?? []].flat().join(' '))
  }
  let cause: unknown
  const probe = app.withRoutes([route.post('/', [as], act)], (error) => (cause = error))
  try {
    const response = await probe.fetch(request)
    if (response.ok) return response
    throw new Error(`the store answered the request for the session with ${response.status}.`, {
      cause,
    })
  } finally {
    await probe.close()
  }
}
