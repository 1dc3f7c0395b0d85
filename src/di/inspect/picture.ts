import type { GroupedGraph } from './groups.js'
import { COLOURS, kindOf } from './mermaid.js'

/** Pixels of a letter of the font, which has one width for all. */
const LETTER = 7.3
const LINE = 18
const GAP = 16
const BETWEEN = 90
const PADDING = 10
const MARGIN = 20

interface Box {
  readonly id: string
  readonly lines: readonly string[]
  readonly kind: keyof typeof COLOURS
  /** What a pointer that rests on it is told. */
  readonly told: string
  readonly width: number
  readonly height: number
  x: number
  y: number
}

/**
 * Draws a graph as SVG, from the left to the right: controllers with their routes, then middleware and
 * values, each to the right of whatever needs it. Nothing is loaded, and no script runs.
 */
export function svgOf(graph: GroupedGraph): string {
  const columns = columnsOf(graph)
  const boxes = columns.flat()
  const used = [...new Set(boxes.map(({ kind }) => kind))]
  const bottom = Math.max(0, ...boxes.map(({ y, height }) => y + height)) + GAP
  const right = Math.max(0, ...boxes.map(({ x, width }) => x + width), used.length * 120)
  const [width, height] = [Math.ceil(right + MARGIN), Math.ceil(bottom + 2 * LINE)]
  const byId = new Map(boxes.map((box) => [box.id, box]))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="What routes are injected with" font-family="ui-monospace, monospace" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...graph.edges.map(({ from, to, isDeferred }) =>
      arrow(byId.get(from)!, byId.get(to)!, isDeferred),
    ),
    ...boxes.map(drawn),
    ...used.map((kind, index) => {
      const { fill, stroke } = COLOURS[kind]
      const x = MARGIN + index * 120
      return `<rect x="${x}" y="${bottom + 4}" width="14" height="14" rx="3" fill="${fill}" stroke="${stroke}"/><text x="${x + 20}" y="${bottom + 15}" fill="#111">${kind}</text>`
    }),
    '</svg>',
  ].join('\n')
}

function columnsOf(graph: GroupedGraph): Box[][] {
  const depths = depthsOf(graph)
  const boxes = [
    ...graph.groups.map(({ id, title, routes }) => {
      return boxOf(id, [title, ...routes], 'routes', `${routes.length} routes`)
    }),
    ...graph.nodes.map((node) => {
      return boxOf(node.id, [node.label], kindOf(node), `${node.scope}, ${node.provider}`)
    }),
  ]
  const columns: Box[][] = []
  for (const box of boxes) (columns[depths.get(box.id)!] ??= []).push(box)
  let x = MARGIN
  for (const column of columns) {
    let y = MARGIN
    for (const box of column) {
      Object.assign(box, { x, y })
      y += box.height + GAP
    }
    x += Math.max(...column.map(({ width }) => width)) + BETWEEN
  }
  return columns
}

function boxOf(id: string, lines: readonly string[], kind: Box['kind'], told: string): Box {
  const width = Math.max(...lines.map(({ length }) => length)) * LETTER + 2 * PADDING
  return { id, lines, kind, told, width, height: lines.length * LINE + PADDING, x: 0, y: 0 }
}

/** The longest way to each box, so that arrows point to the right. */
function depthsOf(graph: GroupedGraph): Map<string, number> {
  const depths = new Map<string, number>()
  for (const { id, onward } of inOrder(graph)) {
    const depth = depths.get(id) ?? 0
    depths.set(id, depth)
    for (const next of onward) depths.set(next, Math.max(depths.get(next) ?? 0, depth + 1))
  }
  return depths
}

/**
 * Each box before what it leads to. The edge that closes a ring is left out: what is asked for later may
 * need who asks, and a graph that is not ready may have worse.
 */
function inOrder({ groups, edges }: GroupedGraph) {
  const targets = new Map<string, string[]>()
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to])
  const finished: { id: string; onward: string[] }[] = []
  const seen = new Set<string>()
  const under = new Set<string>()
  const visit = (id: string): void => {
    if (seen.has(id)) return
    seen.add(id)
    under.add(id)
    const onward = (targets.get(id) ?? []).filter((to) => !under.has(to))
    onward.forEach(visit)
    under.delete(id)
    finished.push({ id, onward })
  }
  for (const { id } of groups) visit(id)
  return finished.toReversed()
}

function drawn({ x, y, width, height, lines, kind, told }: Box): string {
  const { fill, stroke } = COLOURS[kind]
  const round = kind === 'singleton' ? height / 2 : 4
  const texts = lines.map((line, index) => {
    const weight = kind === 'routes' && index === 0 ? ' font-weight="bold"' : ''
    return `<text x="${x + PADDING}" y="${y + 18 + index * LINE}" fill="#111"${weight}>${escaped(line)}</text>`
  })
  return `<g><title>${escaped(told)}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${round}" fill="${fill}" stroke="${stroke}"/>${texts.join('')}</g>`
}

function arrow(from: Box, to: Box, isDeferred: boolean): string {
  // What closes a ring leads back to the left.
  const isBack = to.x <= from.x
  const [x1, y1] = [isBack ? from.x : from.x + from.width, from.y + from.height / 2]
  const [x2, y2] = [isBack ? to.x + to.width : to.x, to.y + to.height / 2]
  const bend = (x2 - x1) / 2
  const dashes = isDeferred ? ' stroke-dasharray="4 3"' : ''
  return `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="#8c959f"${dashes}/><circle cx="${x2}" cy="${y2}" r="3" fill="#57606a"/>`
}

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
