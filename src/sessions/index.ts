export { CookieStore, type CookieStoreOptions } from './stores/cookie-store.js'
export type { Timer } from './deadline.js'
export {
  SessionClosedError,
  SessionConflictError,
  SessionContractError,
  SessionDataError,
  SessionError,
  SessionKeyError,
  SessionOptionError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionValueError,
} from './errors.js'
export type { ExpiryOptions, SessionMetadata } from './expiry.js'
export type { Flash } from './flash.js'
export type { Serializer } from './serializer.js'
export type { SessionCookieOptions } from './session-cookie.js'
export { SessionStore, type StoreCapabilities } from './session-store.js'
export { SessionView } from './session-view.js'
export { Session } from './session.js'
export { sessions, type SessionsOptions } from './sessions.js'
