import { singleton, token, type ClassToken, type Component, type Token } from '../di/index.js'
import { SessionStoreError } from './errors/errors.js'
import type { SessionStore } from './store/session-store.js'

/** Tells at start-up what a store has to say of itself; `token` is what makes it happen when it is asked for. */
export interface StartUpWarnings {
  readonly tokens: readonly Token[]
  readonly components: readonly Component[]
}

/**
 * Tells the notices of a store when the application gets ready, once. A store without any adds nothing to
 * the wiring; what a class has to say is known when it is built.
 */
export function startUpWarnings(
  store: SessionStore | ClassToken<SessionStore>,
  report: (error: Error) => void,
): StartUpWarnings {
  const tell = ({ notices = [] }: SessionStore) => {
    for (const notice of notices) report(new SessionStoreError(notice))
    return true as const
  }
  if (typeof store === 'function') {
    const told = token<true>(`notices of ${store.name}`)
    return { tokens: [told], components: [singleton(told, [store], tell)] }
  }
  if (!store.notices?.length) return { tokens: [], components: [] }
  const told = token<true>(`notices of ${store.constructor.name}`)
  return { tokens: [told], components: [singleton(told, [], () => tell(store))] }
}
