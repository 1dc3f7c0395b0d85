import { HOOKS, isThenable, type Frame } from './frame.js'
import type { Hook, Outcome } from '../tokens/hooks.js'

/** When a hook runs. */
export type Phase = 'afterHandler' | 'afterResponse'

interface Entry {
  readonly hook: Hook<never>
  readonly position: number
}

/** The hooks of one request, by phase. */
export class HookList {
  readonly #entries: { [P in Phase]: Entry[] | undefined } = {
    afterHandler: undefined,
    afterResponse: undefined,
  }
  readonly #isEnded: { [P in Phase]: boolean } = { afterHandler: false, afterResponse: false }
  #isConcluded = false
  #claimed: Set<unknown> | undefined
  /** The error of a function inside a middleware, whose result that middleware was given. */
  failure: { readonly error: unknown } | undefined = undefined

  /** Whether the run has ended: its hooks run now, or have run. */
  get isConcluded(): boolean {
    return this.#isConcluded
  }

  /** A list that takes no more hooks. */
  static closed(): HookList {
    const list = new HookList()
    list.#isEnded.afterHandler = list.#isEnded.afterResponse = true
    list.#isConcluded = true
    return list
  }

  /** @throws Error when the phase is over: the hook would never run. */
  add(phase: Phase, entry: Entry): void {
    if (this.#isEnded[phase]) throw new Error(`Hooks.${phase} was called after its hooks had run`)
    const entries = this.#entries[phase]
    if (entries) entries.push(entry)
    else this.#entries[phase] = [entry]
  }

  /** Notes a value that is to be ended. @returns false when it is to be ended already. */
  claim(value: unknown): boolean {
    this.#claimed ??= new Set()
    return this.#claimed.size < this.#claimed.add(value).size
  }

  /** Whether a phase has hooks to run. If not, the phase is over and takes none. */
  waits(phase: Phase): boolean {
    if (this.#entries[phase]?.length) return true
    this.#isEnded[phase] = true
    return false
  }

  /**
   * Runs the hooks of a phase one by one, the last of the plan first. Each gets the current outcome;
   * when one throws, `onError` makes the next outcome, so that every hook runs.
   *
   * @param above only hooks of later positions run; the phase goes on. Default: all run, and the phase ends.
   */
  run(
    phase: Phase,
    outcome: Outcome<never>,
    onError: (error: unknown, outcome: Outcome<never>) => Outcome<never>,
    above = -Infinity,
  ): Outcome<never> | Promise<Outcome<never>> {
    const isLast = above === -Infinity
    if (isLast) this.#isConcluded = true
    for (;;) {
      const hook = this.#last(phase, above)
      if (!hook) break
      let returned: unknown
      try {
        returned = hook(outcome)
      } catch (error) {
        outcome = onError(error, outcome)
        continue
      }
      if (isThenable(returned)) {
        const current = outcome
        return Promise.resolve(returned).then(
          () => this.run(phase, current, onError, above),
          (error: unknown) => this.run(phase, onError(error, current), onError, above),
        )
      }
    }
    if (isLast) this.#isEnded[phase] = true
    return outcome
  }

  /** Takes out the hook of the highest position; of one position the last registered. */
  #last(phase: Phase, above: number): Hook<never> | undefined {
    const entries = this.#entries[phase]
    if (!entries || entries.length === 0) return undefined
    let last = entries.length - 1
    for (let index = last - 1; index >= 0; index--)
      if (entries[index]!.position > entries[last]!.position) last = index
    return entries[last]!.position > above ? entries.splice(last, 1)[0]!.hook : undefined
  }
}

/** The hooks of a run, which is given a list when it has none. */
export function hooksOf(frame: Frame): HookList {
  return (frame[HOOKS] ??= new HookList()) as HookList
}

/** Whether the run of a frame has ended, so that an error cannot become its response. */
export function isConcluded(frame: Frame): boolean {
  return (frame[HOOKS] as HookList | undefined)?.isConcluded ?? false
}

/** Takes the error out of a run: what it makes of it is up to the caller. */
export function takeFailure(frame: Frame): { readonly error: unknown } | undefined {
  const list = frame[HOOKS] as HookList | undefined
  if (!list?.failure) return undefined
  const { failure } = list
  list.failure = undefined
  return failure
}

/** Ends a run without hooks: a hook that is registered later is refused, not forgotten. */
export function closeHooks(frame: Frame): void {
  frame[HOOKS] = CLOSED
}

const CLOSED = HookList.closed()

/** The hooks of one function. They know the function's position, so that parallel set-up cannot mix the order. */
export class FrameHooks {
  readonly #frame: Frame
  readonly #position: number

  constructor(frame: Frame, position: number) {
    this.#frame = frame
    this.#position = position
  }

  afterHandler(hook: Hook<never>): void {
    this.#add('afterHandler', hook)
  }

  afterResponse(hook: Hook<never>): void {
    this.#add('afterResponse', hook)
  }

  /** Notes a value that is to be ended. @returns false when it is to be ended already. */
  claim(value: unknown): boolean {
    return hooksOf(this.#frame).claim(value)
  }

  #add(phase: Phase, hook: Hook<never>): void {
    hooksOf(this.#frame).add(phase, { hook, position: this.#position })
  }
}
