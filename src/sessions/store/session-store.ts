import { recognize } from '../../di/index.js'
import type { Cookie, Cookies } from '../../http/index.js'
import type { Session } from '../session/session.js'
import type { UserSessions } from './sessions-of-user.js'

/**
 * Where sessions are kept. A store has two injected methods: what they ask for is planned and checked at
 * start-up, like the parameters of a handler. Decorate them with `@Inject()`, and register the store with
 * `sessions(store)`.
 */
export abstract class SessionStore {
  /** What the store can promise. A store that says nothing promises nothing. */
  readonly capabilities: StoreCapabilities = {
    isRevocable: false,
    mergesWrites: false,
    takesOnce: false,
  }

  /** The name of its cookie, so that `ready()` refuses a second store with the same one. Default: not known. */
  readonly cookieName?: string

  /**
   * Finds what operators should know, in sentences: `ready()` waits for it and reports it once, to `onWarning`.
   * It must end within a second or two, also when the store is down. Default: nothing.
   */
  startUpWarnings?(): readonly string[] | Promise<readonly string[]>

  /**
   * Whether a part of it can be down while the rest answers, as with the nodes of a cluster. Then a failed call
   * shows nothing about others, and `failureThreshold` is `Infinity` unless `sessions()` says otherwise.
   * Called once, on the prototype where the store is given as a class. Default: no.
   */
  isPartitioned?(): boolean

  /**
   * Finds the session of a request, or gives `Session.empty()`. It must not adopt an id that it does not
   * hold, and must throw when it cannot tell: a store that fails is not "no session".
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- each store declares what it is injected with
  abstract load(...injected: any[]): Session<any> | Promise<Session<any>>

  /**
   * Keeps the session, after the handler and before the response leaves; gives the cookie to set, if the
   * browser has to learn something. It must not bring a removed session back.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  abstract dump(...injected: any[]): Cookie | undefined | Promise<Cookie | undefined>

  /**
   * Whether `load` has to look something up for these cookies: while the store is down, visitors for whom it
   * need not are served. Called on a store that is given as an object. Default: when there is any cookie.
   */
  looksUp?(cookies: Cookies): boolean

  /** Finds the sessions of a user, where a store can: it is what asking for `UserSessions` gives. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  userSessions?(...injected: any[]): UserSessions
}

recognize((thing) => {
  const store: unknown = typeof thing === 'function' ? thing.prototype : thing
  return store instanceof SessionStore || thing === SessionStore
})

/** Promises that not every store can keep. */
export interface StoreCapabilities {
  /** After `destroy()` a copy of the cookie is worthless at once. */
  readonly isRevocable: boolean
  /** Parallel requests that write different keys all win, and `update` loses nothing. */
  readonly mergesWrites: boolean
  /** `take` gives a value to exactly one request. */
  readonly takesOnce: boolean
}
