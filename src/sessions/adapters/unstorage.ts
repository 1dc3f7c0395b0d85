import { ownOptions } from '../errors/own-options.js'
import { SerialBackend, type AdapterOptions } from './serial-backend.js'

/** A storage of unstorage, as far as it is used: what `createStorage({ driver })` gives. */
export interface KeyValueStorage {
  getItem(key: string): Promise<unknown>
  setItem(key: string, value: string, options: { readonly ttl: number }): Promise<void>
  removeItem(key: string): Promise<void>
  getKeys(base: string): Promise<string[]>
}

/** What `fromUnstorage` takes. */
export interface UnstorageOptions extends AdapterOptions {
  /** What every key begins with. Default: `sessions`. */
  readonly base?: string
}

/**
 * Makes a backend of a storage of unstorage, whatever its driver:
 * `sessions(new BackendStore(fromUnstorage(createStorage({ driver }))))`. The driver has to read what was
 * written a moment ago; one that is only consistent in the end (Cloudflare KV) forgets logins and logouts.
 *
 * Within one process nothing is lost or revived. Of several processes two that write the same session at
 * the same time may lose one of the writes, and a write may undo a logout: a storage knows only whole
 * values. Nor can it find the sessions of a user, so `session.bind` is refused.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function fromUnstorage(
  storage: KeyValueStorage,
  options: UnstorageOptions = {},
): UnstorageBackend {
  return new UnstorageBackend(storage, options)
}

/** Keeps records in a storage of unstorage: made by `fromUnstorage`. */
export class UnstorageBackend extends SerialBackend {
  readonly #storage: KeyValueStorage
  readonly #base: string

  /** @internal Use `fromUnstorage`. */
  constructor(storage: KeyValueStorage, options: UnstorageOptions) {
    const { base = 'sessions' } = ownOptions(options)
    super(
      {
        read: async (key) => (await storage.getItem(`${base}:${key}`)) ?? undefined,
        // In whole seconds, which is what drivers that know of an end take.
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
   * Removes the records that have ended. Call it now and then, in one process, when the driver keeps
   * values for ever, as those for files and memory do.
   *
   * @returns how many there were.
   */
  async sweep(): Promise<number> {
    let count = 0
    for (const name of await this.#storage.getKeys(this.#base)) {
      const key = name.slice(name.lastIndexOf(':') + 1)
      if (name === `${this.#base}:${key}` && (await this.discardEnded(key))) count += 1
    }
    return count
  }
}
