import type { Token } from '../di/index.js'
import { App, route } from '../http/index.js'
import { Session } from '../sessions/index.js'

/** Which sessions are meant, where an application has two kinds. */
export interface SessionChoice {
  /** What was given to `sessions(store, { as })`. Default: `Session`. */
  readonly as?: Token<Session>
}

/**
 * Gives the session of a request to `act`, loaded and dumped by the application's own store, and the
 * response with its cookie. No route and no middleware of the application is involved.
 *
 * @throws TypeError when it is not an `App`: only that has a store.
 * @throws Error when the store fails, with the cause.
 */
export async function askForSession(
  app: unknown,
  request: Request,
  { as = Session }: SessionChoice,
  act: (session: Session) => void,
): Promise<Response> {
  if (!(app instanceof App)) {
    throw new TypeError(
      'a session is begun and read in an App: give it to testClient, and nothing around it.',
    )
  }
  let cause: unknown
  const asking = app.withRoutes([route.post('/', [as], act)], (error) => (cause = error))
  try {
    const response = await asking.fetch(request)
    if (response.ok) return response
    throw new Error(`the session was answered with ${response.status}.`, { cause })
  } finally {
    await asking.close()
  }
}
