import {
  CorruptRecordError,
  isAsExpected,
  type BackendLimit,
  type BackendRecord,
  type RecordPatch,
  type SessionBackend,
  type WriteOutcome,
} from '../backend/session-backend.js'
import { ownOptions } from '../errors/own-options.js'
import { readRecordText, writeRecordText, type TimedRecord } from './record-text.js'
import { KeyedQueueWithTimeout, type TimedTurnsOptions } from './timed-turns.js'

/** What a store can do that only keeps whole values: read one, write one, remove one. */
export interface ValueStore {
  /** Gives what was written, whatever it is by now, or `undefined` when there is nothing. */
  read(key: string): Promise<unknown>
  /** @param ttl milliseconds after which the store may forget the text. */
  write(key: string, text: string, ttl: number): Promise<void>
  remove(key: string): Promise<void>
}

/** What every adapter takes. */
export interface AdapterOptions extends TimedTurnsOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
}

/**
 * Makes a backend of a store that reads and writes whole values. Within this process the verbs of one
 * key run one after the other, so they are atomic; against other processes they cannot be, and `limits`
 * say so.
 */
export class SerialBackend implements SessionBackend {
  readonly limits: readonly BackendLimit[] = ['atomic-patch', 'no-revival', 'exclusive-create']
  readonly #store: ValueStore
  readonly #turns: KeyedQueueWithTimeout
  readonly #clock: () => number

  /** @throws SessionOptionError when `timeout` cannot work. */
  constructor(store: ValueStore, given: AdapterOptions = {}) {
    const options = ownOptions(given)
    this.#store = store
    this.#turns = new KeyedQueueWithTimeout(options)
    this.#clock = options.clock ?? Date.now
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    return this.#turns.run('read', key, async () => visible(await this.#living(key)))
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    return this.#turns.run('create', key, async (go) => {
      if (await this.#isTaken(key)) return false
      await this.#write(go, key, { version: 1, fields }, ttl)
      return true
    })
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    return this.#turns.run('patch', key, async (go) => {
      const record = await this.#ours(key)
      if (!record) return 'missing'
      if (!isAsExpected(record, patch)) return 'conflict'
      const fields = new Map(record.fields)
      for (const field of patch.deleted ?? []) fields.delete(field)
      for (const [field, text] of patch.set) fields.set(field, text)
      await this.#write(go, key, { version: record.version + 1, fields }, ttl)
      return 'applied'
    })
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    return this.#turns.run('touch', key, async (go) => {
      const record = await this.#ours(key)
      if (!record) return 'missing'
      if (record.version !== version) return 'conflict'
      await this.#write(go, key, { version, fields: new Map([...record.fields, ...fields]) }, ttl)
      return 'applied'
    })
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    return this.#turns.run('destroy', key, async (go) => {
      const record = await this.#ours(key)
      go()
      if (record) await this.#store.remove(key)
      return visible(record)
    })
  }

  /** Removes a record that has ended, for stores that keep them. Says whether there was one. */
  protected async discardEnded(key: string): Promise<boolean> {
    return this.#turns.run('discard', key, async (go) => {
      const value = await this.#store.read(key)
      if (value === undefined || !this.#hasEnded(value)) return false
      go()
      await this.#store.remove(key)
      return true
    })
  }

  #hasEnded(value: unknown): boolean {
    try {
      return readRecordText(value).endsAt <= this.#clock()
    } catch {
      return false
    }
  }

  /** @throws CorruptRecordError when something else is there. */
  async #living(key: string): Promise<TimedRecord | undefined> {
    const value = await this.#store.read(key)
    if (value === undefined) return undefined
    const record = readRecordText(value)
    return record.endsAt > this.#clock() ? record : undefined
  }

  /** The record, where something else counts as none: it is not ours to write or remove. */
  async #ours(key: string): Promise<TimedRecord | undefined> {
    return this.#living(key).catch((error: unknown) => {
      if (error instanceof CorruptRecordError) return undefined
      throw error
    })
  }

  async #isTaken(key: string): Promise<boolean> {
    try {
      return (await this.#living(key)) !== undefined
    } catch (error) {
      if (error instanceof CorruptRecordError) return true
      throw error
    }
  }

  async #write(go: () => void, key: string, record: BackendRecord, ttl: number): Promise<void> {
    go()
    const text = writeRecordText({ ...record, endsAt: this.#clock() + ttl })
    await this.#store.write(key, text, ttl)
  }
}

function visible(record: TimedRecord | undefined): BackendRecord | undefined {
  return record && { fields: record.fields, version: record.version }
}
