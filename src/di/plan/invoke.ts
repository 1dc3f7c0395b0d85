import { INPUT, isThenable, type Frame, type Call, type Continue } from './frame.js'
import { FrameHooks } from './hook-list.js'
import { disposalOf, isKept } from './disposal.js'
import type { Edge, Node } from '../graph/node.js'

/** A node's function as it is called with its values; the first is the receiver, if that is made for each request. */
export function functionOf(node: Node): Call {
  const { kind, receiver, call } = node.callable
  const fn = call ?? node.callable.fn
  if (kind === 'constructor')
    return constructing(fn as new (...values: unknown[]) => unknown, node.edges.length)
  if (!node.receiver) return (receiver ? fn.bind(receiver) : fn) as Call
  if (node.receiver.isConstant) return fn.bind(receiverOf(node.receiver)) as Call
  return (self: unknown, ...values: unknown[]) => Reflect.apply(fn, self, values) as unknown
}

function receiverOf({ node, value }: Edge): unknown {
  return node ? node.value : value
}

/** @param count the values it is injected with: `Class.length` stops before the first default and leaves out a rest. */
function constructing(Class: new (...values: unknown[]) => unknown, count: number): Call {
  switch (count) {
    case 0:
      return (...values) => new Class(...values)
    case 1:
      return (a) => new Class(a)
    case 2:
      return (a, b) => new Class(a, b)
    case 3:
      return (a, b, c) => new Class(a, b, c)
    default:
      return (...values) => new Class(...values)
  }
}

/** Whether a request's value is disposed after the response. */
export function isDisposed(node: Node): boolean {
  return node.scope !== 'singleton' && disposalOf(node) !== undefined
}

/** The call that makes a node's value: what is to be disposed is registered, and an observer is told. */
export function making(
  call: Continue,
  node: Node,
  position: number,
  observe: StepObserver | undefined,
): Continue {
  const whole = isDisposed(node) ? disposing(call, node, position) : call
  return observe ? observed(whole, node, 'value', observe) : whole
}

/** Registers a value of the request to be disposed, as soon as it exists. */
function disposing(call: Continue, node: Node, position: number): Continue {
  const { dispose, isOfClass } = disposalOf(node)!
  const register = (frame: Frame, value: unknown): unknown => {
    const hooks = new FrameHooks(frame, position)
    // A factory may give back a singleton, or what another component of the request made.
    if (isOfClass && (isKept(value) || !hooks.claim(value))) return value
    hooks.afterResponse(async () => {
      await dispose(value)
    })
    return value
  }
  return (frame) => {
    const value = call(frame)
    return isThenable(value)
      ? Promise.resolve(value).then((made) => register(frame, made))
      : register(frame, value)
  }
}

/** Is told of each step of a run when it has ended. The input is what the run was given. */
export type StepObserver = (input: unknown, step: ObservedStep) => void

/** One call of a run: it made a value, or it is a function of the pipeline. */
export interface ObservedStep {
  readonly label: string
  readonly role: StepRole
  readonly scope: Node['scope']
  /** On the clock of `performance.now`, in milliseconds. That of a middleware includes what it called for. */
  readonly beganAt: number
  readonly endedAt: number
  /** What it gave; `undefined` when it failed. */
  readonly value: unknown
  readonly failure: { readonly error: unknown } | undefined
}

export type StepRole = 'value' | 'middleware' | 'handler'

/** The call of a node, which an observer is told of. */
export function observed(
  call: Continue,
  { label, scope }: Node,
  role: StepRole,
  observe: StepObserver,
): Continue {
  return (frame) => {
    const beganAt = performance.now()
    const ended = (value: unknown, failure: ObservedStep['failure']): void => {
      const endedAt = performance.now()
      observe(frame[INPUT], { label, role, scope, beganAt, endedAt, value, failure })
    }
    let value: unknown
    try {
      value = call(frame)
    } catch (error) {
      ended(undefined, { error })
      throw error
    }
    if (!isThenable(value)) {
      ended(value, undefined)
      return value
    }
    return Promise.resolve(value).then(
      (made) => {
        ended(made, undefined)
        return made
      },
      (error: unknown) => {
        ended(undefined, { error })
        throw error
      },
    )
  }
}
