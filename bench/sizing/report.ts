import type { Costs, Figures, Filling, Place } from './figures.js'

const TITLES: Readonly<Record<Place | 'sealed', string>> = {
  memory: '`MemoryStore`, heap',
  redis: '`RedisStore`, memory of Redis',
  postgres: '`PostgresStore`, table and indexes',
  mysql: '`MysqlStore` on MariaDB, table and indexes',
  sqlite: '`SqliteStore`, file',
  sealed: '`CookieStore`, encrypted',
}
const NAMES: Readonly<Record<Place | 'sealed', string>> = {
  memory: '`MemoryStore`',
  redis: '`RedisStore`',
  postgres: '`PostgresStore`',
  mysql: '`MysqlStore`, MariaDB',
  sqlite: '`SqliteStore`',
  sealed: '`CookieStore`, encrypted',
}
const PLACES = ['redis', 'postgres', 'mysql', 'sqlite', 'memory'] as const
const HOW_MANY = [100_000, 1_000_000, 10_000_000]
/** A visitor who reads and clicks. */
const SECONDS_BETWEEN = 10
/** Of each ten requests with a session, those that write. */
const WRITES = 1

/** What the page shows of the figures, by the name in its markers. */
export function partsOf(figures: Figures): Readonly<Record<string, string>> {
  const { node, processor, cores, load, rounds, cookie } = figures
  return {
    where: `Node ${node.slice(1)}, ${processor}, ${cores} cores, which others used too (load ${load.toFixed(0)}); medians of ${rounds} rounds.`,
    bytes: bytesTable(figures),
    cookie: `The cookie of a \`CookieStore\` has ${cookie} bytes, in each request and in each response that writes; the server keeps nothing.`,
    many: manyTable(figures),
    requests: costTable(figures),
    one: capacityTable(figures),
  }
}

/** The page with these figures between its markers. */
export function pageWith(page: string, figures: Figures): string {
  const parts = partsOf(figures)
  return page.replace(
    /(<!-- figures: (\w+) -->\n)[^]*?(\n<!-- end -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n${parts[name]}\n${end}`,
  )
}

function bytesTable({ fillings }: Figures): string {
  const sizes = [
    ...new Set(PLACES.flatMap((place) => fillings[place].growing.map(({ sessions }) => sessions))),
  ].toSorted((one, other) => one - other)
  const head = [
    '',
    ...sizes.map((size) => `of ${count(size)}`),
    'with a user',
    'written 3 times more',
  ]
  const rows = PLACES.map((place) => {
    const { growing, ofUsers, written } = fillings[place]
    const grown = sizes.map((size) => growing.find(({ sessions }) => sessions === size))
    const cells = [...grown, ofUsers, written].map((one) => (one ? count(each(one)) : '–'))
    return [TITLES[place], ...cells]
  })
  return table(head, rows)
}

function manyTable({ fillings }: Figures): string {
  const rows = PLACES.map((place) => [
    TITLES[place],
    ...HOW_MANY.map((sessions) =>
      size(sessions * worst(fillings[place].ofUsers, fillings[place].written)),
    ),
  ])
  return table(['', ...HOW_MANY.map((sessions) => `${count(sessions)} sessions`)], rows)
}

function costTable({ costs }: Figures): string {
  const head = [
    '',
    ...['read', 'write'].flatMap((kind) => [`${kind}: server, µs`, 'store, µs', 'commands']),
  ]
  const rows = (['sealed', ...PLACES] as const).map((place) => {
    const of = ({ cpu, storageCpu, commands }: Costs) => [
      median(cpu).toFixed(0),
      storageCpu.length > 0 ? median(storageCpu).toFixed(0) : '–',
      commands === undefined ? '–' : commands.toFixed(1),
    ]
    return [NAMES[place], ...of(costs[place].read), ...of(costs[place].write)]
  })
  return table(head, rows)
}

function capacityTable({ costs }: Figures): string {
  const rows = (['sealed', ...PLACES] as const).map((place) => {
    const { read, write } = costs[place]
    const mixed = (of: 'cpu' | 'storageCpu') =>
      (median(read[of]) * (10 - WRITES) + median(write[of]) * WRITES) / 10
    const own = 1e6 / mixed('cpu')
    const store = read.storageCpu.length > 0 ? 1e6 / mixed('storageCpu') : undefined
    return [
      NAMES[place],
      rounded(own),
      store === undefined ? '–' : rounded(store),
      rounded(((store ?? own) / 2) * SECONDS_BETWEEN),
    ]
  })
  const head = [
    '',
    'requests/s of a core of Node',
    'requests/s of a core of the store',
    'visitors at half of it',
  ]
  return table(head, rows)
}

function each({ bytes, sessions }: Filling): number {
  return bytes / sessions
}

function worst(...fillings: readonly Filling[]): number {
  return Math.max(...fillings.map(each))
}

function median(figures: readonly number[]): number {
  return figures.toSorted((one, other) => one - other)[figures.length >> 1]!
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** Two digits: a machine is not bought by the third. */
function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en')
}

function size(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
