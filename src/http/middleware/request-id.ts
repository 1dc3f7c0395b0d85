import { inject, scoped, token, type Component } from '../../di/index.js'
import { Exchange } from '../request/exchange.js'
import { Next } from '../routing/next.js'
import { noteMaker, type Middleware } from '../routing/route.js'

/** How requests get their ids. */
export interface RequestIdOptions {
  /** The header of responses, and of requests where `isTrusted` is set. Default: `x-request-id`. */
  readonly header?: string
  /**
   * Whether the id that a request brings is kept. Only behind a proxy that sets or removes the header: else visitors
   * choose what stands in your logs. One that is not 1 to 128 letters, digits and `._=+/:@-` is replaced. Default: false.
   */
  readonly isTrusted?: boolean
  /** Makes an id. Default: `crypto.randomUUID`. */
  readonly generate?: () => string
}

/** The id of the request, for your logs. `requestId()` among the middleware gives it. */
export const RequestId = token<string>('RequestId')

/** Makes a middleware that gives each request an id: it can be asked for as `RequestId`, and the response has it. */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const own: RequestIdOptions = Object.assign(Object.create(null), options)
  const { header = 'x-request-id', isTrusted = false, generate = () => crypto.randomUUID() } = own
  const name = header.toLowerCase()
  return inject([Exchange, Next], function requestId(exchange, next) {
    const brought = isTrusted ? exchange.header(name) : null
    const id = brought !== null && ID.test(brought) ? brought : generate()
    ids.set(exchange, id)
    exchange.reply.set(name, id)
    return next()
  })
}

noteMaker(requestId)

/** UUIDs, ULIDs, and what proxies and clouds write (`Root=1-67891233-abcdef`); nothing that breaks a line of a log. */
const ID = /^[\w.=+/:@-]{1,128}$/

const ids = new WeakMap<Exchange, string>()

/** The id of a request, if the application gives one. */
export function requestIdOf(exchange: Exchange): string | undefined {
  return ids.get(exchange)
}

/** Provides `RequestId`. */
export const requestIds: Component = scoped(RequestId, [Exchange], (exchange) => {
  const id = ids.get(exchange)
  if (id !== undefined) return id
  throw new TypeError(
    'RequestId was asked for, and no middleware has given one. Put requestId() before whatever asks for it: ' +
      'new App({ middleware: [requestId()], … }).',
  )
})
