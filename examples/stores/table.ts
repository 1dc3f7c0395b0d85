/** Stands for a table of a database: every method is one statement. */
export class Table {
  readonly #rows = new Map<string, string>()

  async select(id: string): Promise<Record<string, string> | undefined> {
    const row = this.#rows.get(id)
    return row === undefined ? undefined : JSON.parse(row)
  }

  /** Every row of a user, with its id. An index on the column makes that cheap. */
  async selectByUser(userId: string): Promise<[id: string, record: Record<string, string>][]> {
    const rows = [...this.#rows].map(([id, row]): [string, Record<string, string>] => [
      id,
      JSON.parse(row),
    ])
    return rows.filter(([, record]) => record['m:userId'] === JSON.stringify(userId))
  }

  async insert(id: string, data: object): Promise<void> {
    this.#rows.set(id, JSON.stringify(data))
  }

  /** Says whether there was such a row; without one it changes nothing. */
  async update(id: string, data: object): Promise<boolean> {
    const isThere = this.#rows.has(id)
    if (isThere) this.#rows.set(id, JSON.stringify(data))
    return isThere
  }

  /** Says whether there was one. */
  async delete(id: string): Promise<boolean> {
    return this.#rows.delete(id)
  }

  get size(): number {
    return this.#rows.size
  }
}
