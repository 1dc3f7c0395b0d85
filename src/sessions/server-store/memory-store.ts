import { checkedElsewhere, type OptionRules } from '../../di/index.js'
import { DEFAULT_BYTES, MemoryBackend } from '../backend/memory-backend.js'
import { checkNumber, checkSessionOptions, ownOptions } from '../errors/options.js'
import { SERVER_STORE_RULES, type ServerStoreOptions } from './server-store-options.js'
import { BackendStore } from './server-store.js'
import { isLoggedIn } from '../session/record.js'

/** How a `MemoryStore` keeps sessions. */
export interface MemoryStoreOptions extends ServerStoreOptions {
  /**
   * How many sessions it keeps. One more ends the least recently used of those without a login, and one with a
   * login only when there is no other. Default: 10,000.
   */
  readonly limit?: number
  /**
   * Bytes that all sessions take together, at least four times `maxSize`; more ends sessions as
   * `limit` does. A character counts two. Default: 128 MiB.
   */
  readonly maxBytes?: number
}

/**
 * Keeps sessions in the memory of this process: for tests, development and one-process programs. They end
 * with the process, and other processes do not see them.
 */
export class MemoryStore extends BackendStore {
  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: MemoryStoreOptions = {}) {
    checkSessionOptions(options, RULES)
    const own = ownOptions(options)
    const { limit = 10_000, maxBytes = DEFAULT_BYTES, clock = Date.now, maxSize = 2 ** 20 } = own
    // Else one session could end all others.
    checkNumber('maxBytes', maxBytes, { from: 4 * maxSize, unit: 'bytes' })
    super(new MemoryBackend({ limit, maxBytes, goesLast: isLoggedIn, now: clock }), options)
  }
}

const RULES: OptionRules<MemoryStoreOptions> = {
  ...SERVER_STORE_RULES,
  limit: checkedElsewhere,
  maxBytes: checkedElsewhere,
}
