import { median } from '../../di/measure.js'
import type { Race } from '../race.js'

/** The median of the rounds. */
export function figure(race: Race, name: string, of: 'rates' | 'cpu'): number {
  return median(race[name]![of])
}

/**
 * The median of the ratios within each round, where both were measured under the same conditions. Undefined
 * when the other did not take part.
 */
export function ratio(
  race: Race,
  name: string,
  other: string,
  of: 'rates' | 'cpu',
): number | undefined {
  const others = race[other]?.[of]
  if (!others) return undefined
  return median(race[name]![of].map((value, index) => value / others[index]!))
}

/** The median of what one takes more than another within each round, in microseconds of processor time. */
export function added(race: Race, name: string, to: string): number | undefined {
  const base = race[to]?.cpu
  if (!base || !race[name]) return undefined
  return median(race[name].cpu.map((value, index) => value - base[index]!))
}

/** The share of the time that a server worked; well below 1, something else was the limit. */
export function busyShare(race: Race, name: string): number {
  const { rates, cpu } = race[name]!
  return median(rates.map((rate, index) => (rate * cpu[index]!) / 1e6))
}
