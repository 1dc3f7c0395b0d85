/** Stands for a table of a database: every method is one statement. */
export class Table {
  readonly #rows = new Map<string, string>()

  async select(id: string): Promise<Record<string, string> | undefined> {
    const row = this.#rows.get(id)
    return row === undefined ? undefined : JSON.parse(row)
  }

  async insert(id: string, data: object): Promise<void> {
    this.#rows.set(id, JSON.stringify(data))
  }

  /** Changes nothing when there is no such row. */
  async update(id: string, data: object): Promise<void> {
    if (this.#rows.has(id)) this.#rows.set(id, JSON.stringify(data))
  }

  /** Says whether there was one. */
  async delete(id: string): Promise<boolean> {
    return this.#rows.delete(id)
  }

  get size(): number {
    return this.#rows.size
  }
}
