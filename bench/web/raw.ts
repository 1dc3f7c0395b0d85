import { readFileSync, writeFileSync } from 'node:fs'
import type { Environment } from '../di/environment.js'
import type { Race } from './race.js'
import type { Samples, SamplingName } from './samplings.js'
import { workloads, type WorkloadName } from './workloads.js'

/** Everything a run found. */
export interface Raw extends Environment {
  /** Whether servers had a core of their own. */
  readonly isPinned: boolean
  readonly rounds: number
  /** Of one measurement. */
  readonly milliseconds: number
  readonly races: Readonly<Record<WorkloadName, Race>>
  readonly samples: { readonly [Name in SamplingName]?: Samples }
}

const FILE = 'web-results.json'

export function readRaw(): Raw {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Raw
}

/**
 * The last figures, with those parts in the place of theirs.
 *
 * @throws Error when they were measured in another way, so that one page cannot speak of both.
 */
export function withParts(last: Raw, parts: Raw): Raw {
  for (const fact of ['node', 'processor', 'isPinned', 'rounds', 'milliseconds'] as const) {
    if (last[fact] === parts[fact]) continue
    throw new Error(`--keep: ${fact} is ${parts[fact]}, and was ${last[fact]}: measure everything`)
  }
  const races = { ...last.races, ...parts.races }
  const names = Object.keys(workloads).filter((name) => races[name])
  return {
    ...last,
    load: Math.max(last.load, parts.load),
    versions: parts.versions,
    races: Object.fromEntries(names.map((name) => [name, races[name]!])),
    samples: { ...last.samples, ...parts.samples },
  }
}

/** The figures of one system on one line. */
export function writeRaw(raw: Raw): void {
  const text = JSON.stringify(raw, rounded, 2)
  const compact = text.replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' '))
  writeFileSync(FILE, `${compact}\n`)
}

/** More digits than were measured would only make the file longer. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  return Math.abs(value) < 1000 ? Math.round(value * 100) / 100 : Math.round(value)
}
