import { Batch, LargeKeys, type Group } from '../calls/batch.js'
import type { SqlResult } from './clients/sql-client.js'

type Row = SqlResult['rows'][number]

/** How rows are read: one, or several at once, each with its key as `record`. */
export interface RowReadsRules {
  readonly one: (key: string) => Promise<Row | undefined>
  readonly several: (keys: readonly string[]) => Promise<readonly Row[]>
}

/** Reads rows, those of one turn of the event loop by one statement. */
export class RowReads {
  readonly #rules: RowReadsRules
  readonly #large = new LargeKeys()
  readonly #batch: Batch<string, Row | undefined>

  constructor(rules: RowReadsRules) {
    this.#rules = rules
    this.#batch = new Batch((groups) => {
      for (const group of groups) void this.#readAll(group)
    })
  }

  async read(key: string): Promise<Row | undefined> {
    if (this.#large.has(key)) return this.#rules.one(key)
    const row = await this.#batch.add(key)
    this.#large.note(key, row?.['text'] as string | undefined)
    return row
  }

  async #readAll(group: Group<string, Row | undefined>): Promise<void> {
    const [first] = group
    if (first && group.length === 1)
      return this.#rules.one(first.item).then(first.resolve, first.reject)
    try {
      const rows = await this.#rules.several(filled(group.map(({ item }) => item)))
      const found = new Map(rows.map((row) => [row['record'], row]))
      for (const { item, resolve } of group) resolve(found.get(item))
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
}

/** Few sizes, so that each connection has few statements to prepare: a key twice does no harm. */
function filled(keys: readonly string[]): readonly string[] {
  let size = 2
  while (size < keys.length) size *= 2
  return Array.from({ length: size }, (_, index) => keys[index] ?? (keys[0] as string))
}
