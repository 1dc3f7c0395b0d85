import { aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import {
  CorruptRecordError,
  type BackendLimit,
  type BackendRecord,
  type ReplaceResult,
  type SessionBackend,
} from '../backend/session-backend.js'
import { aNumber, ownOptions } from '../errors/options.js'
import { failedTrial } from './trial.js'
import { KeyedQueueWithTimeout, STUCK, type KeyedQueueOptions } from './keyed-queue-with-timeout.js'

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
  timeoutMs: aNumber({ to: STUCK - 1, unit: 'milliseconds' }),
  timer: checkedElsewhere,
}

/** What is under a key: a record, what somebody else wrote, or nothing that has not expired. */
type Found = BackendRecord | 'foreign' | undefined

/**
 * A backend over a store that reads and writes whole values. Within this process the calls on one key run one
 * after the other, so they are atomic. Between processes they are not, and `limits` say so.
 */
export class SerialBackend implements SessionBackend {
  readonly limits: readonly BackendLimit[] = ['atomic-replace', 'no-revival', 'exclusive-create']
  readonly #name: string
  readonly #store: ValueStore
  readonly #queue: KeyedQueueWithTimeout
  readonly #clock: () => number

  /** @param name of the store, for warnings. */
  constructor(name: string, store: ValueStore, given: AdapterOptions = {}) {
    const options = ownOptions(given)
    this.#name = name
    this.#store = store
    this.#queue = new KeyedQueueWithTimeout(options)
    this.#clock = options.clock ?? Date.now
  }

  /** Tries whether the store keeps sessions at all. */
  startUpWarnings(): Promise<readonly string[]> {
    return failedTrial(this, this.#name)
  }

  async read(key: string): Promise<BackendRecord | undefined> {
    const found = await this.#queue.run('read', key, () => this.#find(key))
    if (found !== 'foreign') return found
    // The text is not in the error.
    throw new CorruptRecordError(
      'The store holds something else than a session under the key of a session',
    )
  }

  create(key: string, text: string, ttl: number, deadline?: number): Promise<boolean> {
    return this.#change('create', key, deadline, async (found) => {
      if (found === undefined) await this.#write(key, { text, version: 1 }, ttl)
      return found === undefined
    })
  }

  replace(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): Promise<ReplaceResult> {
    return this.#change('replace', key, deadline, async (found): Promise<ReplaceResult> => {
      if (typeof found !== 'object') return 'missing'
      if (found.version !== version) return found
      await this.#write(key, { text, version: version + 1 }, ttl)
      return 'applied'
    })
  }

  touch(
    key: string,
    version: number,
    text: string,
    ttl: number,
    deadline?: number,
  ): Promise<boolean> {
    return this.#change('touch', key, deadline, async (found) => {
      const isSame = typeof found === 'object' && found.version === version
      if (isSame) await this.#write(key, { text, version }, ttl)
      return isSame
    })
  }

  destroy(key: string, deadline?: number): Promise<BackendRecord | undefined> {
    return this.#change('destroy', key, deadline, async (found) => {
      if (typeof found !== 'object') return undefined
      await this.#store.remove(key)
      return found
    })
  }

  /** Changes what is under a key, in time. What somebody else wrote must be neither overwritten nor removed. */
  #change<Result>(
    verb: string,
    key: string,
    deadline: number | undefined,
    change: (found: Found) => Promise<Result>,
  ): Promise<Result> {
    const work = async (assertInTime: () => void) => {
      const found = await this.#find(key)
      assertInTime()
      return change(found)
    }
    return this.#queue.run(verb, key, work, deadline)
  }

  /** Deletes a record that has expired, for stores that keep them. Returns whether there was one. */
  protected async deleteExpired(key: string): Promise<boolean> {
    return this.#queue.run('sweep', key, async (assertInTime) => {
      const [, expiresAt] = partsOf(await this.#store.read(key)) ?? []
      if (expiresAt === undefined || Number(expiresAt) > this.#clock()) return false
      assertInTime()
      await this.#store.remove(key)
      return true
    })
  }

  async #find(key: string): Promise<Found> {
    const value = await this.#store.read(key)
    if (value === undefined) return undefined
    const parts = partsOf(value)
    if (!parts) return 'foreign'
    const [version, expiresAt, text] = parts
    return Number(expiresAt) > this.#clock() ? { text, version: Number(version) } : undefined
  }

  /** The store below may have no expiry, or count it in seconds, so the value says when it expires. */
  #write(key: string, { text, version }: BackendRecord, ttl: number): Promise<void> {
    const expiresAt = Math.ceil(this.#clock() + ttl)
    return this.#store.write(key, `${HEAD}${version}:${expiresAt}:${text}`, ttl)
  }
}

/** It does not begin like JSON, so that no store parses it on the way. */
const HEAD = 'ingot:1:'
const VALUE = /^ingot:1:([1-9]\d{0,14}):(\d{1,15}):/

/** Version, expiry and text of a value that an adapter wrote. */
function partsOf(value: unknown): readonly [string, string, string] | undefined {
  const head = typeof value === 'string' ? VALUE.exec(value) : null
  return head ? [head[1]!, head[2]!, head.input.slice(head[0].length)] : undefined
}
