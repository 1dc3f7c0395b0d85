import type { Race } from '../race.js'
import type { Raw } from '../raw.js'
import { LIMIT, OURS, titleOf } from '../systems.js'
import { workloads, type WorkloadName } from '../workloads.js'
import { ratio } from './statistics.js'

const WIDTH = 920
const PANEL = 440
const LABELS = 200
const BARS = 180
const ROW = 20
const TOP = 78

/** The rates of all workloads as a share of what is written by hand, as SVG. */
export function chart({ races }: Raw): string {
  const panels = Object.entries(races)
    .filter(([name]) => workloads[name]!.isWhole && !workloads[name]!.added)
    .map(([name, race]) => ({ name, bars: barsOf(name, race) }))
  const parts: string[] = []
  let y = TOP
  for (let index = 0; index < panels.length; index += 2) {
    const pair = panels.slice(index, index + 2)
    parts.push(...pair.map((panel, column) => drawn(panel, 16 + column * (PANEL + 8), y)))
    y += 44 + ROW * Math.max(...pair.map(({ bars }) => bars.length))
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title">`,
    '<title id="title">Requests per second as a share of what is written by hand</title>',
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${y}" rx="8"/>`,
    '<text class="head" x="16" y="30">Requests per second</text>',
    '<text x="16" y="48">as a share of the same written by hand on node:http, on one core</text>',
    ...parts,
    '</svg>\n',
  ].join('\n')
}

interface Bar {
  readonly label: string
  readonly share: number
  readonly look: 'ours' | 'limit' | 'peer'
}

function barsOf(workload: WorkloadName, race: Race): Bar[] {
  return Object.keys(race)
    .filter((name) => !name.includes('@'))
    .map((name): Bar => {
      const label = titleOf(name, workloads[workload]!.kind).replace(/[*`]/g, '')
      const look = name === OURS ? 'ours' : name === LIMIT ? 'limit' : 'peer'
      return { label, share: ratio(race, name, LIMIT, 'rates') ?? 0, look }
    })
    .toSorted((one, other) => other.share - one.share)
}

function drawn({ name, bars }: { name: WorkloadName; bars: Bar[] }, x: number, y: number): string {
  const scale = BARS / Math.max(1, ...bars.map(({ share }) => share))
  const start = x + LABELS
  const rows = bars.map(({ label, share, look }, index) => {
    const top = y + 14 + index * ROW
    const width = Math.max(1, share * scale)
    return [
      `<text class="${look}-label" x="${start - 8}" y="${top + 13}" text-anchor="end">${label}</text>`,
      `<rect class="${look}" x="${start}" y="${top + 3}" width="${width.toFixed(1)}" height="13" rx="2"/>`,
      `<text class="${look}-label" x="${(start + width + 6).toFixed(1)}" y="${top + 13}">${share.toFixed(2)}</text>`,
    ].join('\n')
  })
  return [
    `<text class="title" x="${x}" y="${y + 6}">${workloads[name]!.title}</text>`,
    ...rows,
  ].join('\n')
}

/** A page of its own colour: whether the one around it is light or dark is not always told. */
const STYLE = `<style>
text { font: 12px system-ui, sans-serif; fill: #57606a }
.head { font-size: 16px; font-weight: 600; fill: #1f2328 }
.title { font-size: 13px; font-weight: 600; fill: #1f2328 }
.ours-label { font-weight: 600; fill: #1f2328 }
.page { fill: #ffffff }
.ours { fill: #d9622b }
.limit { fill: #6e7781 }
.peer { fill: #b6c2cf }
@media (prefers-color-scheme: dark) {
text { fill: #9aa4af }
.head, .title, .ours-label { fill: #e6edf3 }
.page { fill: #0d1117 }
.ours { fill: #f0803c }
.limit { fill: #8b949e }
.peer { fill: #3d4a5a }
}
</style>`
