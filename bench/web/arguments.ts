import { parseArgs } from 'node:util'
import type { Extent } from './race.js'
import { samplings } from './samplings.js'
import { systems } from './systems.js'
import { groups, workloads } from './workloads.js'

/** What a run is asked for. */
export interface Arguments extends Extent {
  /** Names of workloads and samplings, and `injection`; those that run. */
  readonly only: readonly string[]
  /** Whether everything is measured, injection too, and nothing but a look was asked for. */
  readonly isWhole: boolean
  /** Whether the results are written down: in a whole run, or when it is asked. */
  readonly isKept: boolean
}

const EVERYTHING = [...Object.keys(workloads), ...Object.keys(samplings), 'injection']
const NAMES = [...EVERYTHING, ...Object.keys(groups)]

/** @throws Error for an option, workload or system that is not there, and numbers that are none. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      milliseconds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      systems: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const only = [...values.only, ...positionals]
  const isWhole = !quick && only.length === 0 && values.systems.length === 0
  return {
    rounds: positive('--rounds', values.rounds ?? (quick ? '1' : '9')),
    milliseconds: positive('--milliseconds', values.milliseconds ?? (quick ? '200' : '1000')),
    only: only.length === 0 ? EVERYTHING : named('--only', only, NAMES).flatMap(partsOf),
    systems: named('--systems', values.systems, names()),
    isWhole,
    isKept: isWhole || values.keep,
  }
}

function names(): string[] {
  return systems.map(({ name }) => name)
}

/** A group stands for its parts. */
function partsOf(name: string): readonly string[] {
  return groups[name] ?? [name]
}

/** @throws Error for a name that is not known. */
function named(option: string, given: readonly string[], known: readonly string[]): string[] {
  const list = given.flatMap((names) => names.split(','))
  const unknown = list.find((name) => !known.includes(name))
  if (unknown !== undefined)
    throw new Error(`${option}: there is no '${unknown}', but ${known.join(', ')}`)
  return list
}

function positive(option: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`${option}: '${text}' is no whole number above zero`)
}
