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
   */
  run(
    phase: Phase,
    outcome: Outcome<never>,
    onError: (error: unknown, outcome: Outcome<never>) => Outcome<never>,
  ): Outcome<never> | Promise<Outcome<never>> {
    this.#isConcluded = true
    for (;;) {
      const hook = this.#last(phase)
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
          () => this.run(phase, current, onError),
          (error: unknown) => this.run(phase, onError(error, current), onError),
        )
      }
    }
    this.#isEnded[phase] = true
    return outcome
  }

  /** Takes out the hook of the highest position; of one position the last registered. */
  #last(phase: Phase): Hook<never> | undefined {
    const entries = this.#entries[phase]
    if (!entries) return undefined
    if (entries.length === 1) return entries.pop()!.hook
    let last = entries.length - 1
    for (let index = last - 1; index >= 0; index--)
      if (entries[index]!.position > entries[last]!.position) last = index
    return last < 0 ? undefined : entries.splice(last, 1)[0]!.hook
  }
}

/** Whether the run of a frame has ended, so that an error cannot become its response. */
export function isConcluded(frame: Frame): boolean {
  return (frame[HOOKS] as HookList | undefined)?.isConcluded ?? false
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
    return this.#list.claim(value)
  }

  get #list(): HookList {
    return (this.#frame[HOOKS] ??= new HookList()) as HookList
  }

  #add(phase: Phase, hook: Hook<never>): void {
    this.#list.add(phase, { hook, position: this.#position })
  }
}
