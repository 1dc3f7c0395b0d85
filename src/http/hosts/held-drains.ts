import type { ServerResponse } from 'node:http'

type Listener = (...given: unknown[]) => void

/** The methods that are put in place. */
interface Held {
  on: (...given: never[]) => unknown
  removeListener: (...given: never[]) => unknown
}

/**
 * Holds those who wait for `drain` of a response whose head is held. Somebody else, such as a compression, may have
 * put `on` in place and sends them to its own stream, which would not hear of ours.
 */
export class HeldDrains {
  readonly #res: ServerResponse
  readonly #listeners = new Set<Listener>()
  #isHeld = true

  constructor(res: ServerResponse) {
    this.#res = res
    const held: Held = res
    const { on, removeListener } = held
    const heldOn = (...given: [string, Listener]): unknown => {
      const [event, listener] = given
      if (event !== 'drain' || !this.#isHeld) return Reflect.apply(on, res, given)
      this.#listeners.add(listener)
      return res
    }
    const heldRemove = (...given: [string, Listener]): unknown => {
      const [event, listener] = given
      if (event === 'drain') this.#listeners.delete(listener)
      return Reflect.apply(removeListener, res, given)
    }
    held.on = heldOn
    held.removeListener = heldRemove
  }

  /** Lets the response have them, and tells all who wait where they may go on. */
  release(mayGoOn: boolean): void {
    this.#isHeld = false
    // Those that were there before anything was held.
    if (mayGoOn) this.#res.emit('drain')
    for (const listener of this.#listeners) {
      this.#res.on('drain', listener)
      if (mayGoOn) listener()
    }
  }
}
