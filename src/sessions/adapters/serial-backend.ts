import { aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { isAsExpected } from '../backend/memory-backend.js'
import {
  CorruptRecordError,
  type BackendLimit,
  type BackendRecord,
  type RecordPatch,
  type SessionBackend,
  type WriteOutcome,
} from '../backend/session-backend.js'
import { ownOptions } from '../errors/options.js'
import { KeyedQueueWithTimeout, type KeyedQueueOptions } from './keyed-queue-with-timeout.js'
import { readRecordText, writeRecordText, type TimedRecord } from './record-text.js'

/** A store that keeps whole values. */
export interface ValueStore {
  /** Gives the value of a key, whoever wrote it, or `undefined` when there is none. */
  read(key: string): Promise<unknown>
  /** @param ttl milliseconds after which the store may forget the text. */
  write(key: string, text: string, ttl: number): Promise<void>
  remove(key: string): Promise<void>
}

/** Options of every adapter. */
export interface AdapterOptions extends KeyedQueueOptions {
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
}

/** What the options of every adapter take. */
export const ADAPTER_RULES: OptionRules<AdapterOptions> = {
  clock: aFunction,
  timeoutMs: checkedElsewhere,
  timer: checkedElsewhere,
}

/**
 * A backend over a store that reads and writes whole values. Within this process the calls on one key run one
 * after the other, so they are atomic. Between processes they are not, and `limits` say so.
 */
export class SerialBackend implements SessionBackend {
  readonly limits: readonly BackendLimit[] = ['atomic-patch', 'no-revival', 'exclusive-create']
  readonly #store: ValueStore
  readonly #queue: KeyedQueueWithTimeout
  readonly #clock: () => number

  /** @throws SessionOptionError when `timeoutMs` cannot work. */
  constructor(store: ValueStore, given: AdapterOptions = {}) {
    const options = ownOptions(given)
    this.#store = store
    this.#queue = new KeyedQueueWithTimeout(options)
    this.#clock = options.clock ?? Date.now
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    return this.#queue.run('read', key, async () => withoutExpiry(await this.#findUnexpired(key)))
  }

  async create(key: string, fields: ReadonlyMap<string, string>, ttl: number): Promise<boolean> {
    return this.#queue.run('create', key, async (assertInTime) => {
      if (await this.#exists(key)) return false
      await this.#write(assertInTime, key, { version: 1, fields }, ttl)
      return true
    })
  }

  async patch(key: string, patch: RecordPatch, ttl: number): Promise<WriteOutcome> {
    return this.#queue.run('patch', key, async (assertInTime) => {
      const record = await this.#findOurs(key)
      if (!record) return 'lost'
      if (!isAsExpected(record, patch)) return 'taken'
      const fields = new Map(record.fields)
      for (const field of patch.deleted ?? []) fields.delete(field)
      for (const [field, text] of patch.set) fields.set(field, text)
      await this.#write(assertInTime, key, { version: record.version + 1, fields }, ttl)
      return 'landed'
    })
  }

  async touch(
    key: string,
    version: number,
    fields: ReadonlyMap<string, string>,
    ttl: number,
  ): Promise<WriteOutcome> {
    return this.#queue.run('touch', key, async (assertInTime) => {
      const record = await this.#findOurs(key)
      if (!record) return 'lost'
      if (record.version !== version) return 'taken'
      await this.#write(
        assertInTime,
        key,
        { version, fields: new Map([...record.fields, ...fields]) },
        ttl,
      )
      return 'landed'
    })
  }

  async destroy(key: string): Promise<BackendRecord | undefined> {
    return this.#queue.run('destroy', key, async (assertInTime) => {
      const record = await this.#findOurs(key)
      assertInTime()
      if (record) await this.#store.remove(key)
      return withoutExpiry(record)
    })
  }

  /** Deletes a record that has expired, for stores that keep them. Returns whether there was one. */
  protected async deleteExpired(key: string): Promise<boolean> {
    return this.#queue.run('sweep', key, async (assertInTime) => {
      const value = await this.#store.read(key)
      if (value === undefined || !this.#isExpired(value)) return false
      assertInTime()
      await this.#store.remove(key)
      return true
    })
  }

  #isExpired(value: unknown): boolean {
    try {
      return readRecordText(value).expiresAt <= this.#clock()
    } catch {
      return false
    }
  }

  /** @throws CorruptRecordError when somebody else wrote the value. */
  async #findUnexpired(key: string): Promise<TimedRecord | undefined> {
    const value = await this.#store.read(key)
    if (value === undefined) return undefined
    const record = readRecordText(value)
    return record.expiresAt > this.#clock() ? record : undefined
  }

  /** The record. What somebody else wrote counts as none: it must be neither overwritten nor removed. */
  async #findOurs(key: string): Promise<TimedRecord | undefined> {
    return this.#findUnexpired(key).catch((error: unknown) => {
      if (error instanceof CorruptRecordError) return undefined
      throw error
    })
  }

  async #exists(key: string): Promise<boolean> {
    try {
      return (await this.#findUnexpired(key)) !== undefined
    } catch (error) {
      if (error instanceof CorruptRecordError) return true
      throw error
    }
  }

  async #write(
    assertInTime: () => void,
    key: string,
    record: BackendRecord,
    ttl: number,
  ): Promise<void> {
    assertInTime()
    const text = writeRecordText({ ...record, expiresAt: this.#clock() + ttl })
    await this.#store.write(key, text, ttl)
  }
}

function withoutExpiry(record: TimedRecord | undefined): BackendRecord | undefined {
  return record && { fields: record.fields, version: record.version }
}
