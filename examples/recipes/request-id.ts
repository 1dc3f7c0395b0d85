import { accessLog, App, inject, Next, RequestId, requestId, route, token, value } from 'ingot'

/** Where lines of the log go. */
export const log = token<(line: object) => void>('log')
/** The service behind this one. */
export const upstream = token<(request: Request) => Promise<Response>>('upstream')

// #region errors
/** An error in the log has the id that the visitor was given. */
const errorsWithId = inject([RequestId, log, Next], async (id, write, next) => {
  try {
    return await next({ errors: 'throw' })
  } catch (error) {
    write({ requestId: id, error: String(error) })
    throw error
  }
})
// #endregion

// #region upstream
/** The service behind gets the same id: one search finds both. */
const prices = route.get('/prices', [upstream, RequestId], (call, id) => {
  return call(new Request('http://prices.internal/', { headers: { 'x-request-id': id } }))
})
// #endregion

// #region app
export function createApp(options: {
  readonly write: (line: object) => void
  readonly call: (request: Request) => Promise<Response>
}): App {
  return new App({
    components: [value(log, options.write), value(upstream, options.call)],
    // `isTrusted: true` keeps the id of a proxy in front; without a proxy visitors would write it.
    middleware: [accessLog({ write: options.write }), requestId(), errorsWithId],
    onError: () => {},
    routes: [
      prices,
      route.get('/broken', () => {
        throw new Error('No prices today')
      }),
    ],
  })
}
// #endregion
