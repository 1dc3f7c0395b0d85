import { readFileSync, writeFileSync } from 'node:fs'
import { contenders } from './contenders.js'
import { figure, HAND, MAP, ratio, type Raw, type Results, type Way } from './figures.js'
import type { Scenario } from './scenarios.js'
import { targets } from './targets.js'

const START = '<!-- figures: npm run bench:di -->'
const END = '<!-- end of figures -->'

const titles: Record<Scenario, string> = {
  synchronous: 'One graph, synchronous',
  asynchronous: 'One graph, making `Accounts` asynchronous',
  mixed: '24 graphs in turn',
}

/** Writes the figures into the README; whether every target is met. */
export function report(raw: Raw): boolean {
  const goals = targets(raw)
  const text = [
    where(raw),
    '### Targets',
    table(
      ['Ingot', 'target', 'loop', '64 at once', ''],
      goals.map(({ name, limit, loop, eventLoop, isMet }) => {
        return [name, limit, loop, eventLoop, isMet ? 'met' : '**missed**']
      }),
    ),
    ...Object.entries(titles).flatMap(([scenario, title]) => {
      return [`### ${title}`, figures(raw.results[scenario as Scenario])]
    }),
  ].join('\n\n')
  const [before, rest] = readFileSync('README.md', 'utf8').split(START)
  const after = rest?.split(END)[1]
  if (after === undefined) throw new Error(`README.md lacks ${START} … ${END}`)
  writeFileSync('README.md', `${before}${START}\n\n${text}\n\n${END}${after}`)
  console.log(text)
  return goals.every(({ isMet }) => isMet)
}

function where({ node, processor, cores, load, rounds, versions }: Raw): string {
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `Node ${node.slice(1)}, ${processor}, ${cores} cores, load ${load.toFixed(1)} before the run; ${rounds} rounds. ${peers.join(', ')}.`
}

/** Nanoseconds, and the multiples that count; the fastest first. */
function figures(results: Results): string {
  const ways: readonly Way[] = ['loop', 'eventLoop']
  const took = (name: string) => figure(results, name, 'eventLoop')
  const rows = contenders
    .filter(({ name }) => results[0]![name] !== undefined)
    .toSorted((one, other) => took(one.name) - took(other.name))
    .map(({ name, title }) => [
      title,
      ...ways.flatMap((way) => [
        nanoseconds(figure(results, name, way)),
        times(ratio(results, name, MAP, way)),
        times(ratio(results, name, HAND, way)),
      ]),
    ])
  const head = ['loop', '64 at once'].flatMap((way) => [`${way}, ns`, '× `Map`', '× by hand'])
  return table(['', ...head], rows)
}

function times(ratio: number): string {
  return ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)
}

function nanoseconds(figure: number): string {
  return figure < 10 ? figure.toFixed(1) : Math.round(figure).toLocaleString('en')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
