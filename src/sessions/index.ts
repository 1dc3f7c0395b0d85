export { fromExpressStore, type ExpressStore } from './adapters/express-store.js'
export type { AdapterOptions } from './adapters/serial-backend.js'
export {
  fromUnstorage,
  type KeyValueStorage,
  type UnstorageBackend,
  type UnstorageOptions,
} from './adapters/unstorage.js'
export { CookieStore, type CookieStoreOptions } from './cookie-store/cookie-store.js'
export { CsrfToken } from './csrf/csrf-token.js'
export { csrfTokenGuard } from './csrf/csrf-token-guard.js'
export type { StoreCallsOptions } from './calls/store-calls.js'
export type { Timer } from './calls/deadline.js'
export {
  SessionClosedError,
  SessionConflictError,
  SessionError,
  SessionOptionError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionUnconfirmedError,
} from './errors/errors.js'
export { SessionUsageError, type SessionUsageCode } from './errors/usage-error.js'
export type { DataSchemaOptions } from './visit/data-schema.js'
export type {
  RefusalReason,
  SessionEvent,
  SessionEventFacts,
  SessionEventReasons,
  SessionOperation,
} from './events/events.js'
export type { ExpiryOptions, SessionMetadata } from './session/expiry.js'
export type { Flash } from './session/flash.js'
export type { Serializer } from './session/field-value.js'
export type { SessionCookieOptions } from './store/session-cookie.js'
export { SessionStore, type StoreCapabilities } from './store/session-store.js'
export { sessionIfAvailable, SessionView } from './session/session-view.js'
export { Session } from './session/session.js'
export { sessions } from './sessions.js'
export type { SessionsOptions } from './sessions-options.js'
export { MemoryBackend, type MemoryBackendOptions } from './backend/memory-backend.js'
export {
  CorruptRecordError,
  type BackendLimit,
  type BackendRecord,
  type RecordPatch,
  type SessionBackend,
  type WriteOutcome,
} from './backend/session-backend.js'
export type { SessionIndex } from './backend/session-index.js'
export { ServerStore, type ServerStoreOptions } from './server-store/server-store.js'
export { BackendStore } from './server-store/backend-store.js'
export { MemoryStore, type MemoryStoreOptions } from './server-store/memory-store.js'
export { UserSessions, type UserSession } from './store/sessions-of-user.js'
