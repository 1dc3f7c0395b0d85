import { tracingChannel } from 'node:diagnostics_channel'
import type { ObservedStep, StepObserver } from '../di/index.js'
import type { Exchange } from './request/exchange.js'

/** What subscribers of `ingot:request` are given: the same object from the start to the end of a request. */
export interface RequestTrace {
  readonly exchange: Exchange
  /** In the order in which they ended. Only plans that ran first after somebody had subscribed have them. */
  readonly steps: ObservedStep[]
  /** The response, from `asyncEnd` on. */
  readonly result?: Response
  /** What made the application itself fail; the error of a handler is that of its step. */
  readonly error?: unknown
}

const requests = tracingChannel<RequestTrace>('ingot:request')
const traces = new WeakMap<object, RequestTrace>()

/** Has subscribers while somebody listens to requests. */
export const requestStart = requests.start

/** Whether a request is traced already. */
export function isTraced(exchange: Exchange): boolean {
  return traces.has(exchange)
}

/** Publishes the start and the end of a request, with its steps. */
export function traced(exchange: Exchange, app: Handling): Promise<Response> {
  const trace: RequestTrace = { exchange, steps: [] }
  traces.set(exchange, trace)
  return requests.tracePromise(async () => app.handle(exchange), trace)
}

/** What handles a request once it is traced. */
interface Handling {
  handle(exchange: Exchange): Response | Promise<Response>
}

/** Who notes the steps of traced requests, where somebody listens. */
export function traceObserver(): StepObserver | undefined {
  return requestStart.hasSubscribers ? noteStep : undefined
}

function noteStep(input: unknown, step: ObservedStep): void {
  traces.get(input as Exchange)?.steps.push(step)
}
