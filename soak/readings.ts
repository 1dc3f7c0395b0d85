import type { Usage } from './gauge.js'
import { floorOf, slopePerMinute, type Point } from './slope.js'

/** What one process of the shop used, over time. */
export class Readings {
  readonly #readings: { readonly at: number; readonly usage: Usage }[] = []

  /** @param at seconds since this process began. */
  add(at: number, usage: Usage): void {
    this.#readings.push({ at, usage })
  }

  /** The last of them. */
  get last(): Usage | undefined {
    return this.#readings.at(-1)?.usage
  }

  /** Seconds that the slopes are of: the first third, in which the process warms up, is left out. */
  get judged(): number {
    const settled = this.#settled
    return settled.length < 2 ? 0 : settled.at(-1)!.at - settled[0]!.at
  }

  /** Megabytes a minute that the memory of the process grows, after each collection of garbage. */
  get rssSlope(): number {
    return this.#slopeOf(({ rss }) => rss / 2 ** 20)
  }

  /** As `rssSlope`, of the heap alone. */
  get heapSlope(): number {
    return this.#slopeOf(({ heapUsed }) => heapUsed / 2 ** 20)
  }

  /** How many more handles and timers there are each minute. */
  get resourceSlope(): number {
    return this.#slopeOf(({ resources }) => countOf(resources))
  }

  get #settled() {
    const end = this.#readings.at(-1)?.at ?? 0
    return this.#readings.filter(({ at }) => at >= end / 3)
  }

  #slopeOf(value: (usage: Usage) => number): number {
    const points = this.#settled.map(({ at, usage }): Point => ({ at, value: value(usage) }))
    return slopePerMinute(floorOf(points, WINDOW))
  }
}

/** In seconds: the gauge collects garbage more often than this. */
const WINDOW = 20

export function countOf(resources: Usage['resources']): number {
  return Object.values(resources).reduce((sum, count) => sum + count, 0)
}
