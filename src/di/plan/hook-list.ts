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
  /** In the order of the plan; `null` when the phase is over. */
  readonly #entries: { [P in Phase]: Entry[] | undefined | null } = {
    afterHandler: undefined,
    afterResponse: undefined,
  }
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
    list.#entries.afterHandler = list.#entries.afterResponse = null
    list.#isConcluded = true
    return list
  }

  /** @throws Error when the phase is over: the hook would never run. */
  add(phase: Phase, hook: Hook<never>, position: number): void {
    const entries = this.#entries[phase]
    if (entries === null) throw new Error(`Hooks.${phase} was called after its hooks had run`)
    const entry = { hook, position }
    if (!entries) return void (this.#entries[phase] = [entry])
    let index = entries.length
    while (index > 0 && entries[index - 1]!.position > position) index--
    entries.splice(index, 0, entry)
  }

  /** Notes a value that is to be ended. @returns false when it is to be ended already. */
  claim(value: unknown): boolean {
    // Its hook is refused. The list of runs that ended without hooks is one for all, and must not keep it.
    if (this.#entries.afterResponse === null) return !this.#claimed?.has(value)
    this.#claimed ??= new Set()
    return this.#claimed.size < this.#claimed.add(value).size
  }

  /** Whether a phase has hooks to run. If not, the phase is over and takes none. */
  waits(phase: Phase): boolean {
    if (this.#entries[phase]?.length) return true
    this.#entries[phase] = null
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
    const entries = this.#entries[phase] ?? []
    for (let last = entries.at(-1); last && last.position > above; last = entries.at(-1)) {
      entries.pop()
      let returned: unknown
      try {
        returned = last.hook(outcome)
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
    if (isLast) this.#entries[phase] = null
    return outcome
  }
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

/** The hooks of a run that ended without any: one that is registered later is refused, not forgotten. */
export const CLOSED = HookList.closed()

/** The hooks of one function. They know the function's position, so that parallel set-up cannot mix the order. */
export class FrameHooks {
  readonly #list: HookList
  readonly #position: number

  constructor(frame: Frame, position: number) {
    this.#list = (frame[HOOKS] ??= new HookList()) as HookList
    this.#position = position
  }

  afterHandler(hook: Hook<never>): void {
    this.#list.add('afterHandler', hook, this.#position)
  }

  afterResponse(hook: Hook<never>): void {
    this.#list.add('afterResponse', hook, this.#position)
  }

  /** Notes a value that is to be ended. @returns false when it is to be ended already. */
  claim(value: unknown): boolean {
    return this.#list.claim(value)
  }
}
