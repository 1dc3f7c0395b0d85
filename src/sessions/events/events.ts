/** Why a cookie opened no session. */
export type RefusalReason =
  /** It is not spelled as a cookie of ours: cut, lengthened or invented. */
  | 'malformed'
  /** It begins with a version that this library does not write. */
  | 'unknown-version'
  /** None of the secrets made it: an old secret was removed, or it comes from elsewhere. */
  | 'unknown-key'
  /** One of our secrets should have made it, and it was changed since. */
  | 'tampered'
  /** What it holds, or names, is not a session. */
  | 'corrupt'
  /** The record under its id is larger than the store would have written. */
  | 'too-large'
  /** Nothing is stored under its id: it was destroyed, it expired, or it was never ours. */
  | 'unknown'
  /** Nothing happened for the idle timeout. */
  | 'expired-idle'
  /** It has lived for the absolute lifetime. */
  | 'expired-absolute'
  /** Its times are more than a minute ahead: a clock was set back, or is wrong. */
  | 'future'
  /** It names a live session, and another cookie of the same name a newer one. */
  | 'superseded'
  /** `regenerate()` gave the session another id, and the grace has passed. */
  | 'replaced'
  /** It was destroyed before its cookie expired: `revocations` of a `CookieStore`. */
  | 'revoked'
  /** The schema of the application refuses the data, or its function for sessions that move does. */
  | 'schema'
  /** It is of the old system: its session was taken over before, and has ended since. */
  | 'moved'

/** The types of events, and the reasons of each: small sets, fit for the labels of a metric. */
export interface SessionEventReasons {
  /**
   * A visit with a session: `replaced` reads through an old id, `old-key` is to be sealed anew, `moved` came with a
   * cookie of the system from which sessions are moved.
   */
  loaded: 'live' | 'old-key' | 'replaced' | 'moved'
  /** A visit without one: why the first of its cookies was refused. `unspecified`: a custom store does not say. */
  fresh: RefusalReason | 'no-cookie' | 'unspecified'
  /** A cookie that opened no session; at most four events in one visit. A security event. */
  refused: RefusalReason
  /** A session was stored for the first time; `moved` was taken over from another system. */
  created: 'written' | 'authenticated' | 'moved'
  /** A session was written; `remembered` gave it another lifetime. */
  changed: 'written' | 'remembered'
  /** A session got another id. */
  regenerated: 'asked' | 'authenticated'
  /** A session was sealed with the newest secret. */
  resealed: 'old-key'
  /** A session was destroyed by `destroy()`, expired while the handler ran, or was revoked by `UserSessions`. */
  destroyed: 'asked' | 'expired' | 'revoked'
  /** Another request wrote first. `given-up` and `replaced` failed this one; `retried` did not. */
  conflicted: 'retried' | 'given-up' | 'replaced'
  /** Changes were dropped: the session was destroyed, or expired, or the handler failed (`save: 'success'`). */
  lost: 'gone' | 'expired' | 'handler-failed'
  /** One value, or one message, is damaged: reading it fails, and the rest of the session can be used. */
  corrupt: 'data' | 'flash'
  /** The store failed: `timeout`, an error code such as `ECONNREFUSED`, a code of ours, or `error`. */
  failed: string
  /** The circuit breaker opened, so that calls fail at once, or closed. It belongs to no visit. */
  breaker: 'opened' | 'closed'
}

/** The call of the store that failed; a failed `touch` fails no request. */
export type SessionOperation = 'load' | 'dump' | 'touch' | 'take' | 'sessions'

/** What every event says beside its type and reason. It never holds an id, a cookie, a key or data. */
export interface SessionEventFacts {
  /** The class of the store. */
  readonly store: string
  /** What handlers ask for to get the session: `Session`, or the option `as`. */
  readonly as: string
  /** A keyed hash of the id, 22 characters; of a refused cookie without an id, of its text. */
  readonly session: string | undefined
  /** The hash of the id that a session with a new id had before. */
  readonly previous: string | undefined
  /** Milliseconds since the load, or the dump, began; `undefined` for what happened in between. */
  readonly duration: number | undefined
  /** What failed. */
  readonly operation: SessionOperation | undefined
}

/** What is published on the channel `ingot:session` of `node:diagnostics_channel`. */
export type SessionEvent = {
  [Type in keyof SessionEventReasons]: SessionEventFacts & {
    readonly type: Type
    readonly reason: SessionEventReasons[Type]
  }
}[keyof SessionEventReasons]

/** An event of a session before its ids are hashed. */
export type UnpublishedEvent = {
  [Type in keyof SessionEventReasons]: {
    readonly type: Type
    readonly reason: SessionEventReasons[Type]
    readonly id?: string | undefined
    readonly previousId?: string | undefined
    /** In place of the id, where only the key of the record is known. */
    readonly key?: string
    readonly operation?: SessionOperation
  }
}[keyof SessionEventReasons]

/** A cookie that opened no session. */
export interface Refusal {
  readonly reason: RefusalReason
  /** The id that it named, or all of its text. */
  readonly id: string
}

/** How a session was opened, and which cookies were refused before. */
export type SessionOrigin = {
  [Type in 'loaded' | 'fresh']: {
    readonly type: Type
    readonly reason: SessionEventReasons[Type]
    readonly refused: readonly Refusal[]
  }
}['loaded' | 'fresh']

/** The origin of an anonymous visit. */
export function freshFrom(refused: readonly Refusal[]): SessionOrigin {
  return { type: 'fresh', reason: refused[0]?.reason ?? 'no-cookie', refused }
}
