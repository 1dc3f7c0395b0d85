import type { Middleware } from '../routing/route.js'

/** A request that was answered before it was routed: it could not be read, or may not be. */
export interface Refusal {
  /** Empty where even the first line could not be read. */
  readonly method: string
  /** Without the query; what a line of a log cannot have is percent-encoded. */
  readonly path: string
  readonly status: number
  /** Of the body. */
  readonly bytes: number
}

type Listener = (refusal: Refusal) => void

const LISTENERS = new WeakMap<Middleware, Listener>()

/** A middleware hears of requests that it never gets, for they have neither a route nor a URL. */
export function hearingRefusals<Hearing extends Middleware>(
  middleware: Hearing,
  listener: Listener,
): Hearing {
  LISTENERS.set(middleware, listener)
  return middleware
}

/** Tells those of a list that want to hear. */
export function refusalListenerOf(middleware: readonly Middleware[]): Listener {
  const listeners = middleware.flatMap((one) => LISTENERS.get(one) ?? [])
  return (refusal) => {
    for (const listener of listeners) listener(refusal)
  }
}
