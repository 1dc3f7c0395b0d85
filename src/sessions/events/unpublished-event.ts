import type { RefusalReason, SessionEventReasons, SessionOperation } from './events.js'

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
