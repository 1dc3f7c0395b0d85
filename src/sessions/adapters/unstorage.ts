import { checkGiven, checkSessionOptions, ownOptions } from '../errors/options.js'
import { anObjectWith, aText, type OptionRules } from '../../di/index.js'
import { ADAPTER_RULES, SerialBackend, type AdapterOptions } from './serial-backend.js'

/** The methods that are used of a storage of unstorage: what `createStorage({ driver })` returns. */
export interface KeyValueStorage {
  getItem(key: string): Promise<unknown>
  setItem(key: string, value: string, options: { readonly ttl: number }): Promise<void>
  removeItem(key: string): Promise<void>
  getKeys(base: string): Promise<string[]>
}

/** Options of `fromUnstorage`. */
export interface UnstorageOptions extends AdapterOptions {
  /** Every key begins with it. Default: `sessions`. */
  readonly base?: string
}

/**
 * Makes a backend of a storage of unstorage, whatever its driver:
 * `sessions(new BackendStore(fromUnstorage(createStorage({ driver }))))`. The driver must be able to read what was
 * written a moment ago; an eventually consistent one (Cloudflare KV) forgets logins and logouts.
 *
 * Within one process no write is lost and no destroyed session comes back. Between processes both can happen when
 * two of them write the same session at the same time, because a storage knows only whole values. It cannot find
 * the sessions of a user either, so `session.bind` throws.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function fromUnstorage(
  storage: KeyValueStorage,
  options: UnstorageOptions = {},
): UnstorageBackend {
  checkGiven('storage', storage, aStorage)
  checkSessionOptions(options, RULES)
  return new UnstorageBackend(storage, options)
}

const aStorage = anObjectWith(
  'what createStorage() of unstorage returns, an object',
  'getItem',
  'setItem',
  'removeItem',
  'getKeys',
)

const RULES: OptionRules<UnstorageOptions> = { ...ADAPTER_RULES, base: aText }

/** Keeps records in a storage of unstorage. `fromUnstorage` makes it. */
export class UnstorageBackend extends SerialBackend {
  readonly #storage: KeyValueStorage
  readonly #base: string

  /** @internal Use `fromUnstorage`. */
  constructor(storage: KeyValueStorage, options: UnstorageOptions) {
    const { base = 'sessions' } = ownOptions(options)
    super(
      'fromUnstorage(storage)',
      {
        read: async (key) => (await storage.getItem(`${base}:${key}`)) ?? undefined,
        // Drivers that have an expiry take whole seconds.
        write: (key, text, ttl) =>
          storage.setItem(`${base}:${key}`, text, { ttl: Math.ceil(ttl / 1000) }),
        remove: (key) => storage.removeItem(`${base}:${key}`),
      },
      options,
    )
    this.#storage = storage
    this.#base = base
  }

  /**
   * Deletes the records that have expired. Call it now and then, in one process, when the driver keeps
   * values for ever, as those for files and memory do.
   *
   * @returns how many it deleted.
   */
  async sweep(): Promise<number> {
    let count = 0
    for (const name of await this.#storage.getKeys(this.#base)) {
      const key = name.slice(name.lastIndexOf(':') + 1)
      if (name === `${this.#base}:${key}` && (await this.deleteExpired(key))) count += 1
    }
    return count
  }
}
