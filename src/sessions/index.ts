export { fromExpressStore } from './adapters/express-store.js'
export { fromUnstorage } from './adapters/unstorage.js'
export { CookieStore, type CookieStoreOptions } from './cookie-store/cookie-store.js'
export { CsrfToken } from './csrf/csrf-token.js'
export { csrfTokenGuard } from './csrf/csrf-token-guard.js'
export {
  SessionClosedError,
  SessionConflictError,
  SessionError,
  SessionLostError,
  SessionOptionError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionUnconfirmedError,
} from './errors/errors.js'
export { SessionUsageError } from './errors/usage-error.js'
export type { SessionEvent } from './events/events.js'
export type { ExpiryOptions } from './session/expiry.js'
export type { Serializer } from './session/field-texts.js'
export { SessionStore, type StoreCapabilities } from './store/session-store.js'
export { sessionIfAvailable, SessionView } from './session/session-view.js'
export { Session } from './session/session.js'
export { sessions } from './sessions.js'
export { SessionEnd } from './visit/session-end.js'
export type { SessionsOptions } from './sessions-options.js'
export { MemoryBackend } from './backend/memory-backend.js'
export {
  CorruptRecordError,
  type BackendLimit,
  type BackendRecord,
  type SessionBackend,
  type ReplaceResult,
  type SessionIndex,
} from './backend/session-backend.js'
export { BackendStore, ServerStore } from './server-store/server-store.js'
export type { ServerStoreOptions } from './server-store/server-store-options.js'
export { MemoryStore, type MemoryStoreOptions } from './server-store/memory-store.js'
export { AllSessions } from './store/all-sessions.js'
export { UserSessions, type UserSession } from './store/sessions-of-user.js'
