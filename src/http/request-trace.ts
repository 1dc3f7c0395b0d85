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

/** Whether somebody listens to requests, and this one is not traced yet. */
export function isTraceWanted(exchange: Exchange): boolean {
  return requests.start.hasSubscribers && !traces.has(exchange)
}

/** Publishes the start and the end of a request, with its steps. */
export function traced(
  exchange: Exchange,
  respond: () => Response | Promise<Response>,
): Promise<Response> {
  const trace: RequestTrace = { exchange, steps: [] }
  traces.set(exchange, trace)
  return requests.tracePromise(async () => respond(), trace)
}

/** Who notes the steps of traced requests, where somebody listens. */
export function traceObserver(): StepObserver | undefined {
  return requests.start.hasSubscribers ? noteStep : undefined
}

function noteStep(input: unknown, step: ObservedStep): void {
  traces.get(input as Exchange)?.steps.push(step)
}
