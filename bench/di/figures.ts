import type { Environment } from './environment.js'
import { median } from './measure.js'
import type { Scenario } from './scenarios.js'

/** The two ways to measure: in a loop, and 64 requests at once. */
export type Way = 'loop' | 'eventLoop'

/** Nanoseconds per request of each contender, in one round. */
export type Round = Record<string, Readonly<Record<Way, number>>>
export type Results = readonly Round[]

/** Everything a run found; it is written down as it is. */
export interface Raw extends Environment {
  readonly rounds: number
  readonly results: Readonly<Record<Scenario, Results>>
  /** Bytes by which the heap grew during a million requests through Ingot. */
  readonly heap: Readonly<Record<Scenario, number>>
}

/** Contenders that others are compared with. */
export const HAND = 'hand-written'
export const MAP = 'hand-written-map'
export const OURS = 'ingot'

/** The median of the rounds, in nanoseconds. */
export function figure(results: Results, name: string, way: Way): number {
  return median(results.map((round) => round[name]![way]))
}

/** The median of the ratios of each round: there, both were measured under the same conditions. */
export function ratio(results: Results, name: string, base: string, way: Way): number {
  return median(results.map((round) => round[name]![way] / round[base]![way]))
}

/** The libraries that took part. */
export function containersOf(results: Results): string[] {
  return Object.keys(results[0]!).filter((name) => !name.startsWith(HAND) && name !== OURS)
}
