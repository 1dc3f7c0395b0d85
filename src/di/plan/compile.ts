import { batches } from './batches.js'
import type { ResultHandler } from './finish.js'
import type { OnDemand } from './on-demand.js'
import { INPUT, isThenable, type Frame } from './frame.js'
import { isConcluded } from './hook-list.js'
import { disposing, functionOf, isDisposed } from './invoke.js'
import type { Layout, Segment, Step } from './layout.js'
import { thenFinish, thenContinue, type RunEnd, type Continuation } from './resume.js'
import { caller, step, syncStep, waitBeside, waitFor, type Continue, type Member } from './steps.js'

/**
 * Compiles a plan into closures, from the end to the start: each makes one value and calls the next.
 * A promise continues into the same closures, so there is no second, asynchronous interpreter.
 */
export function compile<Result>(
  layout: Layout,
  demands: OnDemand,
  settle: ResultHandler<Result>,
  ends: RunEnd<Result>,
): Continue {
  let rest: Continue = () => {
    throw new TypeError('nothing is left to run')
  }
  for (const segment of layout.segments.toReversed()) {
    const resume = segment === layout.segments[0] ? thenFinish(ends) : thenContinue
    rest = compileSegment(segment, { rest, demands, layout, resume, settle })
  }
  return rest
}

/** What the steps of a segment are compiled with. */
interface Surroundings {
  readonly rest: Continue
  readonly demands: OnDemand
  readonly layout: Layout
  readonly resume: Continuation
  readonly settle: ResultHandler<unknown>
}

function compileSegment(segment: Segment, around: Surroundings): Continue {
  const call = caller(functionOf(segment.node), segment.arguments)
  let next = delivering(call, around.settle, around.resume)
  for (const batch of batches(segment.steps).reverse()) {
    next = compileBatch(
      batch.map((one) => new CompiledStep(one, around)),
      next,
    )
  }
  return next
}

/** The function itself, and what makes a result of what it returns. */
function delivering<Result>(
  call: Continue,
  settle: ResultHandler<Result>,
  resume: Continuation,
): Continue {
  const settled = (frame: Frame, value: unknown): unknown => {
    const result = settle.value(value, frame[INPUT])
    return isThenable(result) ? resume(frame, result, same) : result
  }
  return (frame) => {
    const value = call(frame)
    if (isThenable(value)) return resume(frame, value, settled)
    return settled(frame, value)
  }
}

function same(_frame: Frame, result: unknown): unknown {
  return result
}

/** A batch is a chain like any other; when a member waits, those after it start beside it. */
function compileBatch(batch: readonly CompiledStep[], next: Continue): Continue {
  let following = next
  for (let index = batch.length - 1; index >= 0; index--) {
    const others = batch.slice(index + 1)
    following = batch[index]!.then(following, others, next)
  }
  return following
}

class CompiledStep implements Member {
  readonly call: Continue
  readonly out: number
  readonly #step: Step
  readonly #isFramed: boolean
  readonly #resume: Continuation

  constructor(one: Step, around: Surroundings) {
    this.#step = one
    this.#resume = around.resume
    this.out = one.slot
    const made = callOf(one, around)
    this.call = made.call
    this.#isFramed = made.isFramed
  }

  /** This step and then `following`; when it waits, `others` start beside it and `after` comes when all are there. */
  then(following: Continue, others: readonly Member[], after: Continue): Continue {
    const { edge, arguments: slots, slot, mayWait } = this.#step
    const wait =
      others.length === 0
        ? waitFor(slot, following, this.#resume)
        : waitBeside(slot, others, after, this.#resume)
    if (edge.kind === 'node' && !this.#isFramed) {
      const fn = functionOf(edge.node)
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

function callOf(
  one: Step,
  { rest, demands, layout, settle }: Surroundings,
): { call: Continue; isFramed: boolean } {
  const { edge, arguments: slots, position } = one
  if (edge.kind === 'next') return { call: (frame) => nextOf(rest, frame, settle), isFramed: true }
  if (edge.kind === 'all')
    return { call: (frame) => slots.map((slot) => frame[slot]), isFramed: true }
  if (edge.kind !== 'node') return { call: demands.frameValue(edge, position), isFramed: true }
  if (layout.demanded.has(edge.node)) return { call: demands.read(edge, position), isFramed: true }
  const call = caller(functionOf(edge.node), slots)
  return isDisposed(edge.node)
    ? { call: disposing(call, edge.node, position), isFramed: true }
    : { call, isFramed: false }
}

/**
 * A middleware's `Next`: runs the rest once, as a promise whatever the rest is. A middleware that does not
 * wait for it must not end the process with an unhandled rejection; what failed behind its back is reported.
 */
function nextOf(
  rest: Continue,
  frame: Frame,
  settle: ResultHandler<unknown>,
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
      settle.report(error, frame[INPUT])
    })
    return running
  }
}

/** What failed after the run had ended, by run. */
const LATE = new WeakMap<Frame, Set<unknown>>()
