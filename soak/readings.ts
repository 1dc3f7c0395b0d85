import type { Usage } from './gauge.js'
import { floorOf, slopePerMinute, type Point } from './slope.js'

/** What one process of the shop used over time. */
export class Readings {
  readonly #readings: { readonly at: number; readonly usage: Usage }[] = []

  /** @param at seconds since this process began. */
  add(at: number, usage: Usage): void {
    this.#readings.push({ at, usage })
  }

  get last(): Usage | undefined {
    return this.#readings.at(-1)?.usage
  }

  /** The seconds that the slopes cover: without the first third, in which the process warms up. */
  get coveredSeconds(): number {
    const warm = this.#warm
    return warm.length < 2 ? 0 : warm.at(-1)!.at - warm[0]!.at
  }

  /** Growth of the memory of the process, measured after garbage collections, in megabytes per minute. */
  get rssSlope(): number {
    return this.#slopeOf(({ rss }) => rss / 2 ** 20)
  }

  /** Like `rssSlope`, for the heap. */
  get heapSlope(): number {
    return this.#slopeOf(({ heapUsed }) => heapUsed / 2 ** 20)
  }

  /** Growth of the number of handles and timers per minute. */
  get resourceSlope(): number {
    return this.#slopeOf(({ resources }) => countOf(resources))
  }

  get #warm() {
    const end = this.#readings.at(-1)?.at ?? 0
    return this.#readings.filter(({ at }) => at >= end / 3)
  }

  #slopeOf(value: (usage: Usage) => number): number {
    const points = this.#warm.map(({ at, usage }): Point => ({ at, value: value(usage) }))
    return slopePerMinute(floorOf(points, WINDOW))
  }
}

/** Seconds. With faults the gauge collects garbage more often than this; a calm run is long enough for what V8 collects. */
const WINDOW = 20

export function countOf(resources: Usage['resources']): number {
  return Object.values(resources).reduce((sum, count) => sum + count, 0)
}
