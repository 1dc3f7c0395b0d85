import { STORES, type StoreName } from './stores.js'

/** How a runtime did with one store. */
export interface StoreResult {
  /** Http checks that passed, in each way of serving, of how many. */
  readonly passed: number
  readonly total: number
  /** Names of cases of the conformance kit. */
  readonly failedCases: readonly string[]
}

/** A row of the table. */
export interface Row {
  /** `Node 20`, `Bun 1.4.5` */
  readonly name: string
  readonly modes: readonly string[]
  readonly plainBy: string
  readonly results: ReadonlyMap<StoreName, StoreResult>
}

const HEAD = `| | served by | ${STORES.map((store) => `\`${store}\``).join(' | ')} | plain functions |`
const PLACE = /(<!-- runtimes -->\n)([^]*?)(\n<!-- end -->)/

/** The page with these rows in its table; it keeps those of runtimes that were not run. */
export function inTable(page: string, rows: readonly Row[]): string {
  return page.replace(PLACE, (_, begin: string, table: string, end: string) => {
    const lines = new Map<string, string>()
    for (const line of table.split('\n').slice(3))
      if (line.startsWith('| ')) lines.set(keyOf(line.split(' | ', 1)[0]!.slice(2)), line)
    for (const row of rows) if (row.results.size > 0) lines.set(keyOf(row.name), lineOf(row))
    const sorted = Array.from(lines).toSorted(([one], [other]) => one.localeCompare(other))
    const rule = `|${' --- |'.repeat(STORES.length + 3)}`
    return `${begin}\n${[HEAD, rule, ...sorted.map(([, line]) => line)].join('\n')}\n${end}`
  })
}

function lineOf({ name, modes, plainBy, results }: Row): string {
  const cells = STORES.map((store) => cellOf(results.get(store)))
  return `| ${[name, modes.join(', '), ...cells, plainBy].join(' | ')} |`
}

function cellOf(result: StoreResult | undefined): string {
  if (!result) return 'no'
  const { passed, total, failedCases } = result
  const kit = failedCases.length === 0 ? '' : `, not: ${failedCases.join('; ')}`
  return `${passed} of ${total}${kit}`
}

/** Of Node each version has a row, of others the newest; Node comes first. */
function keyOf(name: string): string {
  return name.startsWith('Node') ? `0 ${name}` : `1 ${name.split(' ', 1)[0]!}`
}
