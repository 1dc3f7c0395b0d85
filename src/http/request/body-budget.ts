import { TransientMap } from '../../di/index.js'
import { HttpError } from '../errors/http-error.js'

/** What each chunk costs beside its bytes: a body in chunks of one byte takes a hundred times its size. */
const CHUNK_COST = 128

/** Ends the reading of a body. */
type Cut = (error: HttpError) => void

/**
 * Bounds the memory of all bodies that are still arriving (CWE-770): each alone is small, but anybody can leave
 * thousands unfinished. Over the bound the one that has been arriving longest is cut, so that slow ones cannot
 * keep everybody else out.
 */
export class BodyBudget {
  readonly #most: number
  /** The oldest first. */
  readonly #arriving = new TransientMap<Cut, number>()
  #held = 0

  /** @param most in bytes. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Counts a chunk of a body that is being collected.
   *
   * @param cut called with a 503 when this body has to go; it stands for the body.
   * @param limit of this body: one alone may have as much.
   */
  add(cut: Cut, bytes: number, limit: number): void {
    const cost = bytes + CHUNK_COST
    this.#held += cost
    this.#arriving.set(cut, (this.#arriving.entries.get(cut) ?? 0) + cost)
    while (this.#held > this.#most && this.#held > limit + CHUNK_COST) {
      const { entries } = this.#arriving
      const [oldest] = entries.keys()
      if (!oldest || (entries.size === 1 && limit === Infinity)) return
      this.remove(oldest)
      oldest(tooMany())
    }
  }

  /** The body has arrived, or never will. */
  remove(cut: Cut): void {
    this.#held -= this.#arriving.entries.get(cut) ?? 0
    this.#arriving.delete(cut)
  }
}

function tooMany(): HttpError {
  return new HttpError(503, 'Too many requests are sending their bodies', {
    code: 'BODIES',
    headers: { 'retry-after': '1', connection: 'close' },
  })
}
