import { type BackendRecord, type ReplaceResult, type SessionBackend } from 'ingot'

interface Row {
  readonly record: BackendRecord
  readonly endsAt: number
}

// #region backend
/** Keeps records in a Map. Each verb does its work without waiting, so nothing comes in between. */
export class ProcessBackend implements SessionBackend {
  readonly #rows = new Map<string, Row>()
  readonly #clock: () => number

  constructor(clock: () => number = Date.now) {
    this.#clock = clock
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    return this.#find(key)
  }

  async create(key: string, text: string, ttl: number): Promise<boolean> {
    if (this.#find(key)) return false
    return this.#keep(key, { text, version: 1 }, ttl)
  }

  async replace(key: string, version: number, text: string, ttl: number): Promise<ReplaceResult> {
    const record = this.#find(key)
    if (!record) return 'missing'
    if (record.version !== version) return record
    this.#keep(key, { text, version: version + 1 }, ttl)
    return 'applied'
  }

  async touch(key: string, version: number, text: string, ttl: number): Promise<boolean> {
    const record = this.#find(key)
    return record?.version === version && this.#keep(key, { text, version }, ttl)
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    const record = this.#find(key)
    this.#rows.delete(key)
    return record
  }

  #find(key: string): BackendRecord | undefined {
    const row = this.#rows.get(key)
    return row && this.#clock() < row.endsAt ? row.record : undefined
  }

  #keep(key: string, record: BackendRecord, ttl: number): true {
    this.#rows.set(key, { record, endsAt: this.#clock() + ttl })
    return true
  }
}
// #endregion
