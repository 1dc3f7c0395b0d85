import type { ResultHandler } from './finish.js'
import type { OnDemand } from './on-demand.js'
import {
  caller,
  step,
  stepOf,
  syncStep,
  syncStepOf,
  waitFor,
  withResult,
  type Continuation,
  type Continue,
} from './frame.js'
import type { Node } from '../graph/node.js'
import { NextCalls } from './next-calls.js'
import { functionOf, isDisposed, making, observed, type StepObserver } from './invoke.js'
import { batches, type Layout, type Segment, type Step } from './layout.js'
import { thenContinue, waitBeside, type Member } from './waiting.js'

/**
 * Compiles a plan into closures, from the end to the start: each makes one value and calls the next.
 * When a promise settles, the same closures continue, so there is no second, asynchronous interpreter.
 *
 * @param thenFinish continues the first function, and then ends the run.
 */
export function compile<Result>(
  layout: Layout,
  onDemand: OnDemand,
  resultHandler: ResultHandler<Result>,
  thenFinish: Continuation,
  observer?: StepObserver,
): Continue {
  let rest: Continue = () => {
    throw new TypeError('nothing is left to run')
  }
  for (const segment of layout.segments.toReversed()) {
    const continuation = segment === layout.segments[0] ? thenFinish : thenContinue
    const isLast = segment === layout.segments.at(-2)
    const next = new NextCalls({ rest, resultHandler, position: segment.position, isLast })
    const shared = { onDemand, layout, resultHandler, observer }
    rest = compileSegment(segment, { ...shared, next, continuation })
  }
  return rest
}

/** What the steps of a segment are compiled with. */
interface CompileContext {
  readonly next: NextCalls
  readonly onDemand: OnDemand
  readonly layout: Layout
  readonly continuation: Continuation
  readonly resultHandler: ResultHandler<unknown>
  readonly observer: StepObserver | undefined
}

function compileSegment(segment: Segment, context: CompileContext): Continue {
  const call = calling(segment, context)
  const nextSlot = segment.steps.find(({ edge }) => edge.kind === 'next')?.slot
  const { resultHandler, continuation } = context
  const middleware = isHandler(segment, context.layout) ? undefined : segment.node.label
  let next = withResult(call, { resultHandler, continuation, nextSlot, middleware })
  for (const batch of batches(segment.steps).reverse()) {
    next = compileBatch(
      batch.map((one) => new CompiledStep(one, context)),
      next,
    )
  }
  return next
}

function calling(segment: Segment, { observer, layout }: CompileContext): Continue {
  const { node, arguments: slots } = segment
  const call = caller(functionOf(node), slots)
  if (!observer) return call
  return observed(call, node, isHandler(segment, layout) ? 'handler' : 'middleware', observer)
}

function isHandler(segment: Segment, { segments }: Layout): boolean {
  return segment === segments.at(-1)
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
    const { continuation, layout, observer } = this.#context
    const wait =
      others.length === 0
        ? waitFor(slot, following, continuation)
        : waitBeside(slot, others, after, continuation)
    if (node && !observer && isPlain(node, layout)) {
      const fn = functionOf(node)
      return mayWait ? step(fn, slots, slot, following, wait) : syncStep(fn, slots, slot, following)
    }
    const { call } = this
    return mayWait ? stepOf(call, slot, following, wait) : syncStepOf(call, slot, following)
  }
}

/** Whether a node's function can be called by itself: its value is neither made on demand nor disposed. */
function isPlain(node: Node, layout: Layout): boolean {
  return !layout.demanded.has(node) && !isDisposed(node)
}

function callOf(one: Step, { next, onDemand, layout, observer }: CompileContext): Continue {
  const { edge, node, arguments: slots, position, slot } = one
  if (edge.kind === 'next') return (frame) => next.of(frame, slot)
  if (edge.kind === 'all') return (frame) => slots.map((slot) => frame[slot])
  if (!node) return onDemand.read(edge, position)
  if (layout.demanded.has(node)) return onDemand.begin(node)
  return making(caller(functionOf(node), slots), node, position, observer)
}
