import { checkedElsewhere, type OptionRules } from '../../di/index.js'
import { checkSessionOptions } from '../errors/check-options.js'
import { MemoryBackend } from '../backend/memory-backend.js'
import { ownOptions } from '../errors/options.js'
import { SERVER_STORE_RULES, type ServerStoreOptions } from './server-store.js'
import { BackendStore } from './backend-store.js'

/** How a `MemoryStore` keeps sessions. */
export interface MemoryStoreOptions extends ServerStoreOptions {
  /** How many sessions it keeps; one more ends the least recently used. Default: 10,000. */
  readonly limit?: number
}

/**
 * Keeps sessions in the memory of this process: for tests, development and one-process programs. They end
 * with the process, and other processes do not see them.
 */
export class MemoryStore extends BackendStore {
  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: MemoryStoreOptions = {}) {
    checkSessionOptions(options, RULES)
    const { limit = 10_000, clock = Date.now } = ownOptions(options)
    super(new MemoryBackend({ limit, now: clock }), options)
  }
}

const RULES: OptionRules<MemoryStoreOptions> = { ...SERVER_STORE_RULES, limit: checkedElsewhere }
