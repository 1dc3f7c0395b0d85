import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Race, Result } from './races.js'
import type { System } from './system.js'

/** What one race came to on each system, and how long it took, in milliseconds. */
export interface Outcome {
  readonly race: Race
  readonly results: ReadonlyMap<System, { readonly result: Result; readonly took: number }>
}

/** Both columns, as a table in Markdown. */
export function report(
  outcomes: readonly Outcome[],
  systems: readonly System[],
  redisVersion: string,
): string {
  const lines = [
    environment(redisVersion),
    '',
    `|  | ${systems.map(({ name }) => name).join(' | ')} |`,
    `| --- | ${systems.map(() => '---:').join(' | ')} |`,
  ]
  for (const { race, results } of outcomes) {
    lines.push(`| **${race.name}** | ${systems.map(() => '').join(' | ')} |`)
    const row = (name: string, cell: (one: { result: Result; took: number }) => string) => {
      lines.push(`| ${name} | ${systems.map((system) => cell(results.get(system)!)).join(' | ')} |`)
    }
    for (const figure of race.figures) row(figure, ({ result }) => `${result[figure]}`)
    row('time', ({ took }) => `${(took / 1000).toFixed(1)} s`)
  }
  return lines.join('\n')
}

/** Puts the figures into the README, in the place of those that are there. */
export function writeReadme(figures: string): void {
  const readme = readFileSync('README.md', 'utf8')
  const begin = readme.indexOf(BEGIN) + BEGIN.length
  const end = readme.indexOf(END)
  writeFileSync('README.md', `${readme.slice(0, begin)}\n\n${figures}\n\n${readme.slice(end)}`)
}

const BEGIN = '<!-- figures: npm run races -->'
const END = '<!-- end of figures -->'

function environment(redisVersion: string): string {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    dependencies: Record<string, string>
  }
  const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`)
  const { model } = cpus()[0]!
  return `Node ${process.versions.node}, Redis ${redisVersion}, ${cpus().length} cores (${model}). ${versions.join(', ')}.`
}
