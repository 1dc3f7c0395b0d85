import { Inject } from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import { MemoryBackend } from '../backend/memory-backend.js'
import { ServerStore, type ServerStoreOptions } from '../server-store.js'
import { Session } from '../session.js'

/** How a `MemoryStore` keeps sessions. */
export interface MemoryStoreOptions extends ServerStoreOptions {
  /** How many sessions it keeps; one more ends the least recently used. Default: 10,000. */
  readonly limit?: number
}

/**
 * Keeps sessions in the memory of this process: for tests, development and one-process programs. They end
 * with the process, and others do not see them.
 */
export class MemoryStore extends ServerStore {
  readonly #backend: MemoryBackend

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: MemoryStoreOptions = {}) {
    super(options)
    const { limit, clock } = options
    this.#backend = new MemoryBackend({ ...(limit && { limit }), ...(clock && { now: clock }) })
  }

  @Inject(Cookies)
  override load(cookies: Cookies): Promise<Session> {
    return this.loadFrom(this.#backend, cookies)
  }

  @Inject(Session)
  override dump(session: Session): Promise<Cookie | undefined> {
    return this.dumpTo(this.#backend, session)
  }
}
