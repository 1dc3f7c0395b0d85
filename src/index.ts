/**
 * Asking, providing, applications, requests and sessions.
 *
 * @module ingot
 */
// Asking: what a handler, a component or a method of a store may name.
export {
  Inject,
  inject,
  token,
  marker,
  isMarker,
  optional,
  lazy,
  later,
  call,
  all,
  forwardRef,
  type Token,
  type ClassToken,
} from './di/index.js'

// Providing: what makes the values.
export {
  value,
  singleton,
  singletonClass,
  scoped,
  transient,
  Parameter,
  Resolver,
  type Component,
} from './di/index.js'

// What is wrong with the wiring, and what it looks like.
export { DIError, DIProblem, type Graph, type Outcome, type Override } from './di/index.js'

// The application and its routes.
export {
  App,
  route,
  Controller,
  Get,
  Post,
  Put,
  Patch,
  Delete,
  Head,
  Options,
  type AppOptions,
  type ListenOptions,
  type Middleware,
  type OnError,
  Route,
  type Routes,
  type RunningServer,
} from './http/index.js'

// What a handler may ask of a request, and how it shapes the response.
export {
  Param,
  Query,
  Header,
  CookieValue,
  Body,
  Cookies,
  Cookie,
  CookieError,
  FormParts,
  type FormPart,
  Hooks,
  Next,
  Reply,
  redirect,
  requestBody,
  ClientAddress,
  Exchange,
  type RequestScope,
  HttpError,
  crossOriginGuard,
  cors,
  securityHeaders,
  requestId,
  RequestId,
  accessLog,
  type CookieAttributes,
  type CrossOriginOptions,
  type FieldError,
} from './http/index.js'

// Sessions.
export {
  sessions,
  Session,
  SessionView,
  sessionIfAvailable,
  SessionEnd,
  UserSessions,
  AllSessions,
  CsrfToken,
  csrfTokenGuard,
  type Serializer,
  type SessionEvent,
  type SessionsOptions,
  type UserSession,
} from './sessions/index.js'

// Stores, and what a store or a backend of one's own is made with.
export {
  CookieStore,
  MemoryStore,
  BackendStore,
  MemoryBackend,
  ServerStore,
  SessionStore,
  fromExpressStore,
  fromUnstorage,
  CorruptRecordError,
  type BackendRecord,
  type CookieStoreOptions,
  type MemoryStoreOptions,
  type ServerStoreOptions,
  type SessionBackend,
  type SessionIndex,
  type ReplaceResult,
} from './sessions/index.js'

// Errors of sessions: the first six are for handlers, the others are mistakes of the application.
export {
  SessionClosedError,
  SessionConflictError,
  SessionLostError,
  SessionReadOnlyError,
  SessionStoreError,
  SessionTooLargeError,
  SessionError,
  SessionOptionError,
  SessionUnconfirmedError,
  SessionUsageError,
} from './sessions/index.js'
