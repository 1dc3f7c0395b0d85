import { inject } from '../../di/index.js'
import { Hooks } from '../hooks.js'
import { Exchange } from '../request/exchange.js'
import { hearingRefusals } from '../request/refusal.js'
import { Next } from '../routing/next.js'
import { noteMaker, type Middleware } from '../routing/route.js'
import { requestIdOf } from './request-id.js'

/** What is logged of a request. Nothing of its query, headers, cookies and session, which may be secrets. */
export interface AccessLogEntry {
  /** When it came, as text (RFC 3339). */
  readonly time: string
  /** Empty where a request could not be read. */
  readonly method: string
  /** As the visitor wrote it, without the query. */
  readonly path: string
  /** The route that took it: `GET /cart/:sku`. */
  readonly route: string
  /** The status that was sent, whatever the handler had returned. */
  readonly status: number
  /** The bytes of the body that were taken by the connection. */
  readonly bytes: number
  /** From the request to the last byte, in milliseconds. */
  readonly duration: number
  /** Whether the client left, or the body failed, before the last byte. */
  readonly isAborted: boolean
  /** The id that `requestId()` gave. */
  readonly requestId: string | undefined
}

/** How requests are logged. */
export interface AccessLogOptions {
  /** Takes the entry of each request, when its response has ended. Default: one line of JSON to `console.log`. */
  readonly write?: (entry: AccessLogEntry) => void
  /** Milliseconds since 1970. Default: a clock that never runs backwards. */
  readonly clock?: () => number
}

/**
 * Makes a middleware that logs each request when its response has ended. Put it first. Among the middleware of the
 * application it also logs what is refused before it is routed, such as a head that is too large.
 */
export function accessLog(options: AccessLogOptions = {}): Middleware {
  const own: AccessLogOptions = Object.assign(Object.create(null), options)
  const { write = print, clock = monotonic } = own
  const log = inject([Exchange, Hooks, Next], function accessLog(exchange, hooks, next) {
    const began = clock()
    hooks.afterResponse(({ response }) => {
      const { status, bytes, isComplete } = exchange.sent ?? { status: response.status, bytes: 0 }
      write({
        time: new Date(began).toISOString(),
        method: exchange.method,
        path: exchange.path,
        route: String(exchange.endpoint.route),
        status,
        bytes,
        duration: clock() - began,
        isAborted: isComplete !== true,
        requestId: requestIdOf(exchange),
      })
    })
    return next()
  })
  return hearingRefusals(log, (refusal) => {
    write({
      ...refusal,
      time: new Date(clock()).toISOString(),
      route: 'a refused request',
      duration: 0,
      isAborted: false,
      requestId: undefined,
    })
  })
}

noteMaker(accessLog)

function print(entry: AccessLogEntry): void {
  // oxlint-disable-next-line eslint/no-console -- the documented default
  console.log(JSON.stringify(entry))
}

function monotonic(): number {
  return performance.timeOrigin + performance.now()
}
