import { Inject } from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import {
  aBackend,
  type BackendLimit,
  type MaybePromise,
  type SessionBackend,
} from '../backend/session-backend.js'
import { checkGiven, checkSessionOptions } from '../errors/options.js'
import { SERVER_STORE_RULES, ServerStore, type ServerStoreOptions } from './server-store.js'
import { Session } from '../session/session.js'
import type { StoreCapabilities } from '../store/session-store.js'
import type { UserSessions } from '../store/sessions-of-user.js'

/**
 * Keeps sessions in a backend that exists when the application is put together. For one that is made of
 * what the application provides, extend `ServerStore`.
 */
export class BackendStore extends ServerStore {
  /** What the backend promises: all but its `limits`. */
  override readonly capabilities: StoreCapabilities
  /** What the backend cannot promise, and what it finds wrong with itself. */
  override readonly startUpWarnings?: () => Promise<readonly string[]>
  readonly #backend: SessionBackend

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(backend: SessionBackend, options: ServerStoreOptions = {}) {
    super(options)
    if (new.target === BackendStore) checkSessionOptions(options, SERVER_STORE_RULES)
    checkGiven('backend', backend, aBackend)
    const { limits = [] } = backend
    this.capabilities = {
      isRevocable: !limits.includes('no-revival'),
      mergesWrites: !limits.includes('atomic-replace'),
      takesOnce: !limits.includes('atomic-replace'),
    }
    if (limits.length > 0 || backend.startUpWarnings) {
      const warnings = (): ReturnType<typeof warningsOf> => warningsOf(backend, limits)
      this.startUpWarnings = warnings
    }
    this.#backend = backend
  }

  /** What the backend says; of a class it is not known before it is built. */
  override isPartitioned(): boolean {
    return #backend in this && this.#backend.isPartitioned === true
  }

  @Inject(Cookies)
  override load(cookies: Cookies): MaybePromise<Session> {
    return this.loadFrom(this.#backend, cookies)
  }

  @Inject(Session)
  override dump(session: Session): MaybePromise<Cookie | undefined> {
    return this.dumpTo(this.#backend, session)
  }

  @Inject(Session)
  override userSessions(session: Session): UserSessions {
    return this.userSessionsIn(this.#backend, session)
  }
}

const MEANING: Readonly<Record<BackendLimit, string>> = {
  'atomic-replace': 'one of two writes may be lost',
  'no-revival': 'a write may undo a logout',
  'exclusive-create': 'two sessions may begin under one id',
}

async function warningsOf(
  backend: SessionBackend,
  limits: readonly BackendLimit[],
): Promise<readonly string[]> {
  const found = (await backend.startUpWarnings?.()) ?? []
  return limits.length === 0 ? found : [warningOf(backend, limits), ...found]
}

function warningOf(backend: SessionBackend, limits: readonly BackendLimit[]): string {
  const meanings = limits.map((limit) => `${MEANING[limit]} (${limit})`).join(', ')
  return (
    `${backend.constructor.name} cannot promise everything that sessions ask of a backend. ` +
    `When requests of one session meet: ${meanings}.`
  )
}
