import { tooLarge } from '../errors/problem.js'
import type { BodyBudget } from './body-budget.js'

/** What a body may cost. */
export interface BodyBounds {
  /** In bytes. */
  readonly bodyLimit: number
  readonly bodies: BodyBudget
}

/** Collects one body, within its limit and that of all bodies together. */
export class BodyCollector {
  readonly #bounds: BodyBounds
  readonly #cut: (error: unknown) => void
  #chunks: Uint8Array[] = []
  #size = 0

  /** @param cut called once when the body cannot be collected; the collector is empty then. */
  constructor(bounds: BodyBounds, cut: (error: unknown) => void) {
    this.#bounds = bounds
    this.#cut = (error) => {
      this.#chunks = []
      cut(error)
    }
  }

  add(chunk: Uint8Array): void {
    const { bodyLimit, bodies } = this.#bounds
    this.#size += chunk.length
    if (this.#size > bodyLimit) return this.fail(tooLarge(bodyLimit))
    this.#chunks.push(chunk)
    bodies.add(this.#cut, chunk.length, bodyLimit)
  }

  /** The whole body. */
  end(): Uint8Array {
    this.#bounds.bodies.remove(this.#cut)
    return this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks, this.#size)
  }

  fail(error: unknown): void {
    this.#bounds.bodies.remove(this.#cut)
    this.#cut(error)
  }
}
