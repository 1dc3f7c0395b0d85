export { fromExpressStore, type ExpressStore } from './adapters/express-store.js'
export type { AdapterOptions } from './adapters/serial-backend.js'
export {
  fromUnstorage,
  type KeyValueStorage,
  type UnstorageBackend,
  type UnstorageOptions,
} from './adapters/unstorage.js'
export { CookieStore, type CookieStoreOptions } from './stores/cookie-store.js'
export { CsrfToken } from './csrf-token.js'
export { csrfTokenGuard } from './csrf-token-guard.js'
export type { StoreCallsOptions } from './store-calls.js'
export type { Timer } from './deadline.js'
export {
  SessionClosedError,
  SessionConflictError,
  SessionContractError,
  SessionDataError,
  SessionError,
  SessionKeyError,
  SessionNotKeptError,
  SessionOptionError,
  SessionOutsideRequestError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionValueError,
} from './errors.js'
export type { DataSchemaOptions } from './data-schema.js'
export type {
  RefusalReason,
  SessionEvent,
  SessionEventFacts,
  SessionEventReasons,
  SessionOperation,
} from './events.js'
export type { ExpiryOptions, SessionMetadata } from './expiry.js'
export type { Flash } from './flash.js'
export type { Serializer } from './serializer.js'
export type { SessionCookieOptions } from './session-cookie.js'
export { sessionIfAvailable } from './session-if-available.js'
export { SessionStore, type StoreCapabilities } from './session-store.js'
export { SessionView } from './session-view.js'
export { Session } from './session.js'
export { sessions, type SessionsOptions } from './sessions.js'
export { MemoryBackend, type MemoryBackendOptions } from './backend/memory-backend.js'
export {
  CorruptRecord,
  type BackendLimit,
  type BackendRecord,
  type RecordPatch,
  type SessionBackend,
  type WriteOutcome,
} from './backend/session-backend.js'
export type { SessionIndex } from './backend/session-index.js'
export { ServerStore, type ServerStoreOptions } from './server-store.js'
export { BackendStore } from './stores/backend-store.js'
export { MemoryStore, type MemoryStoreOptions } from './stores/memory-store.js'
export { SessionUnconfirmedError } from './unconfirmed-error.js'
export { Sessions, type UserSession } from './user-sessions.js'
