import { type BackendRecord, type RecordPatch, type SessionBackend, type WriteOutcome } from 'ingot'

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
    const record = this.#find(key)
    return record && { ...record, fields: new Map(record.fields) }
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    if (this.#find(key)) return false
    this.#keep(key, { version: 1, fields: new Map(fields) }, ttl)
    return true
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    const record = this.#find(key)
    if (!record) return 'lost'
    if (!isAsExpected(record, patch)) return 'taken'
    const fields = new Map(record.fields)
    for (const field of patch.deleted ?? []) fields.delete(field)
    for (const [field, text] of patch.set) fields.set(field, text)
    this.#keep(key, { version: record.version + 1, fields }, ttl)
    return 'landed'
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    const record = this.#find(key)
    if (!record) return 'lost'
    if (record.version !== version) return 'taken'
    this.#keep(key, { version, fields: new Map([...record.fields, ...fields]) }, ttl)
    return 'landed'
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

  #keep(key: string, record: BackendRecord, ttl: number): void {
    this.#rows.set(key, { record, endsAt: this.#clock() + ttl })
  }
}

function isAsExpected({ version, fields }: BackendRecord, patch: RecordPatch): boolean {
  if (patch.version !== undefined && patch.version !== version) return false
  return [...(patch.expected ?? [])].every(([field, text]) => fields.get(field) === text)
}
// #endregion
