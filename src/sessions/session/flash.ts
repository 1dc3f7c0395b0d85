import type { SessionState } from './session-state.js'
import { fieldOf } from './field-texts.js'

/**
 * Messages for the next request: "saved", "wrong password". A message stays until it is read, so that a
 * request that does not read it (an image, a prefetch) does not lose it; reading it uses it up.
 */
export class Flash {
  readonly #state: SessionState
  /** Read in this request: not there for the next, still there for this. */
  readonly #seen = new Map<string, unknown>()
  /** Set in this request, for the next. */
  readonly #fresh = new Set<string>()
  #generation: number

  /** @internal Reached as `session.flash`. */
  constructor(state: SessionState) {
    this.#state = state
    this.#generation = state.generation
  }

  /**
   * Leaves a message for the next request that reads it.
   *
   * @throws SessionUsageError when a custom store keeps data alone.
   */
  set(key: string, value: unknown): void {
    this.#state.writable('flash', key).assertKept('leave a flash message')
    this.#forgetOthers()
    const field = fieldOf('f', key)
    // What an earlier request left can still be read in this one.
    if (!this.#seen.has(key) && this.#state.fields.isStored(field)) this.#read(key)
    this.#state.fields.set(field, value)
    this.#fresh.add(key)
  }

  /** Gives a message to this request only. */
  now(key: string, value: unknown): void {
    fieldOf('f', key)
    this.#forgetOthers()
    this.#seen.set(key, value)
  }

  /** The message that an earlier request left, or `now` gave; it is used up unless it is kept. */
  get<Value = unknown>(key: string): Value | undefined {
    this.#forgetOthers()
    if (!this.#seen.has(key) && !this.#fresh.has(key)) this.#read(key)
    return this.#seen.get(key) as Value | undefined
  }

  /** Keeps a message that was read, or all of them, for one more request. */
  keep(key?: string): void {
    this.#forgetOthers()
    const keys = key === undefined ? [...this.#seen.keys()] : [key]
    for (const kept of keys) {
      const value = this.get(kept)
      if (value !== undefined && !this.#fresh.has(kept)) this.set(kept, value)
    }
  }

  /** After `destroy()`, or for another user, messages of the session before are not there. */
  #forgetOthers(): void {
    if (this.#generation === this.#state.generation) return
    this.#generation = this.#state.generation
    this.#seen.clear()
    this.#fresh.clear()
  }

  /** A damaged message was not left: who shows messages on each page could show no page any more. */
  #undamaged(field: string): unknown {
    try {
      return this.#state.fields.get(field)
    } catch {
      return undefined
    }
  }

  #read(key: string): void {
    const { fields } = this.#state
    const field = fieldOf('f', key)
    if (!fields.has(field)) return
    this.#seen.set(key, this.#undamaged(field))
    // After the dump, or with an id that may only read, the message stays for the next request.
    if (!this.#state.isClosed && !this.#state.isReadOnly) fields.delete(field)
  }
}
