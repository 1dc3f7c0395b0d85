import type { ResultHandler } from './finish.js'
import type { OnDemand } from './on-demand.js'
import { INPUT, isThenable, type Frame, caller, step, syncStep, type Continue } from './frame.js'
import type { Node } from '../graph/node.js'
import { isConcluded } from './hook-list.js'
import { disposing, functionOf, isDisposed } from './invoke.js'
import { batches, type Layout, type Segment, type Step } from './layout.js'
import {
  thenContinue,
  thenFinish,
  waitBeside,
  waitFor,
  type Continuation,
  type Member,
  type RunEnd,
} from './waiting.js'

/**
 * Compiles a plan into closures, from the end to the start: each makes one value and calls the next.
 * When a promise settles, the same closures continue, so there is no second, asynchronous interpreter.
 */
export function compile<Result>(
  layout: Layout,
  onDemand: OnDemand,
  resultHandler: ResultHandler<Result>,
  end: RunEnd<Result>,
): Continue {
  let rest: Continue = () => {
    throw new TypeError('nothing is left to run')
  }
  for (const segment of layout.segments.toReversed()) {
    const continuation = segment === layout.segments[0] ? thenFinish(end) : thenContinue
    rest = compileSegment(segment, { rest, onDemand, layout, continuation, resultHandler })
  }
  return rest
}

/** What the steps of a segment are compiled with. */
interface CompileContext {
  readonly rest: Continue
  readonly onDemand: OnDemand
  readonly layout: Layout
  readonly continuation: Continuation
  readonly resultHandler: ResultHandler<unknown>
}

function compileSegment(segment: Segment, context: CompileContext): Continue {
  const call = caller(functionOf(segment.node), segment.arguments)
  let next = withResult(call, context.resultHandler, context.continuation)
  for (const batch of batches(segment.steps).reverse()) {
    next = compileBatch(
      batch.map((one) => new CompiledStep(one, context)),
      next,
    )
  }
  return next
}

/** Calls the function itself, and makes a result of what it returns. */
function withResult<Result>(
  call: Continue,
  resultHandler: ResultHandler<Result>,
  continuation: Continuation,
): Continue {
  const toResult = (frame: Frame, value: unknown): unknown => {
    const result = resultHandler.value(value, frame[INPUT])
    return isThenable(result) ? continuation(frame, result, same) : result
  }
  return (frame) => {
    const value = call(frame)
    if (isThenable(value)) return continuation(frame, value, toResult)
    return toResult(frame, value)
  }
}

function same(_frame: Frame, result: unknown): unknown {
  return result
}

/** A batch is a chain of steps. When a member waits, those after it start beside it. */
function compileBatch(batch: readonly CompiledStep[], next: Continue): Continue {
  let following = next
  for (let index = batch.length - 1; index >= 0; index--) {
    const others = batch.slice(index + 1)
    following = batch[index]!.before(following, others, next)
  }
  return following
}

class CompiledStep implements Member {
  readonly call: Continue
  readonly out: number
  readonly #step: Step
  readonly #context: CompileContext

  constructor(one: Step, context: CompileContext) {
    this.#step = one
    this.#context = context
    this.out = one.slot
    this.call = callOf(one, context)
  }

  /** This step, then `following`. When it waits, `others` start beside it, and `after` follows when all are made. */
  before(following: Continue, others: readonly Member[], after: Continue): Continue {
    const { node, arguments: slots, slot, mayWait } = this.#step
    const { continuation, layout } = this.#context
    const wait =
      others.length === 0
        ? waitFor(slot, following, continuation)
        : waitBeside(slot, others, after, continuation)
    if (node && isPlain(node, layout)) {
      const fn = functionOf(node)
      return mayWait ? step(fn, slots, slot, following, wait) : syncStep(fn, slots, slot, following)
    }
    const { call } = this
    return (frame) => {
      const value = call(frame)
      if (mayWait && isThenable(value)) return wait(frame, value)
      frame[slot] = value
      return following(frame)
    }
  }
}

/** Whether a node's function can be called by itself: its value is neither made on demand nor disposed. */
function isPlain(node: Node, layout: Layout): boolean {
  return !layout.demanded.has(node) && !isDisposed(node)
}

function callOf(one: Step, { rest, onDemand, layout, resultHandler }: CompileContext): Continue {
  const { edge, node, arguments: slots, position } = one
  if (edge.kind === 'next') return (frame) => nextOf(rest, frame, resultHandler)
  if (edge.kind === 'all') return (frame) => slots.map((slot) => frame[slot])
  if (!node || layout.demanded.has(node)) return onDemand.read(edge, position)
  const call = caller(functionOf(node), slots)
  return isDisposed(node) ? disposing(call, node, position) : call
}

/**
 * A middleware's `Next`: runs the rest once, and always returns a promise. A middleware that does not
 * wait for it must not end the process with an unhandled rejection, so that late errors are reported.
 */
function nextOf(
  rest: Continue,
  frame: Frame,
  resultHandler: ResultHandler<unknown>,
): () => Promise<unknown> {
  let isCalled = false
  const run = async (): Promise<unknown> => {
    if (isCalled) throw new Error('next() was called twice: the rest of a request runs once')
    isCalled = true
    return rest(frame)
  }
  return () => {
    const running = run()
    running.catch((error: unknown) => {
      if (!isConcluded(frame)) return
      const late = LATE.get(frame) ?? new Set()
      // It passes through the `next` of each middleware further out.
      if (late.has(error)) return
      LATE.set(frame, late.add(error))
      resultHandler.report(error, frame[INPUT])
    })
    return running
  }
}

/** The errors that came after the run had ended, by run. */
const LATE = new WeakMap<Frame, Set<unknown>>()
