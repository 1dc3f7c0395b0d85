/** Something that waits for its part of a batch. */
export interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export type Group<Item, Result> = readonly Waiting<Item, Result>[]

/**
 * Collects what is asked for in one turn of the event loop, so that requests that arrive together cost one command or
 * statement. It is sent by `setImmediate`: a microtask would end before the next request is read.
 */
export class Batch<Item, Result> {
  readonly #send: (groups: readonly Group<Item, Result>[]) => void
  #waiting: Waiting<Item, Result>[] = []

  /** @param send gets groups of at most 64, and settles each of them. */
  constructor(send: (groups: readonly Group<Item, Result>[]) => void) {
    this.#send = send
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#flush())
      this.#waiting.push({ item, resolve, reject })
    })
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    const groups: Group<Item, Result>[] = []
    for (let start = 0; start < waiting.length; start += MOST_TOGETHER)
      groups.push(waiting.slice(start, start + MOST_TOGETHER))
    this.#send(groups)
  }
}

/** Keys whose texts were large, and travel alone: they would hold up the small ones. */
export class LargeKeys {
  readonly #keys = new Set<string>()

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  /** Remembers the key of a text that was large. */
  note(key: string, text: string | null | undefined): void {
    if (!text || text.length <= LARGE) return
    this.#keys.delete(key)
    this.#keys.add(key)
    if (this.#keys.size > MOST_LARGE) this.#keys.delete(this.#keys.keys().next().value as string)
  }
}

/** How many travel together. More would hold up other clients of the server. */
const MOST_TOGETHER = 64
/** Characters of a text beyond which it travels alone. */
export const LARGE = 4096
/** How many keys of large texts are remembered. */
const MOST_LARGE = 1000
