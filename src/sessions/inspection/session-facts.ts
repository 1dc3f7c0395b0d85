import { isSession, stateOf } from '../session/session-view.js'
import { recordKey } from '../session/session-id.js'

/** A session as a request left it. Nothing of it works as a cookie. */
export interface SessionFacts {
  /** Tells sessions apart: the beginning of a hash of the id. */
  readonly key: string
  /** In milliseconds since 1970, as all times; `undefined` where a custom store does not say. */
  readonly createdAt: number | undefined
  /** The last noted activity. */
  readonly seenAt: number | undefined
  readonly authenticatedAt: number | undefined
  /** When it expires if nothing more happens. */
  readonly expiresAt: number | undefined
  /** When it expires however active it is. */
  readonly limitAt: number | undefined
  /** In seconds. */
  readonly idleTimeout: number | undefined
  readonly absoluteTimeout: number | undefined
  readonly lifetime: number | undefined
  readonly userId: string | undefined
  readonly keys: readonly KeyFacts[]
}

/** One key of a session. */
export interface KeyFacts {
  readonly name: string
  readonly isFlash: boolean
  /** Of the key and of its text, as they are stored. */
  readonly bytes: number
}

/** Describes a session; `undefined` when the value is none, or when no store holds the session. */
export function sessionFacts(session: unknown): SessionFacts | undefined {
  if (!isSession(session)) return undefined
  const state = stateOf(session)
  const { storedId, metadata, expiry } = state
  if (storedId === undefined) return undefined
  return {
    key: recordKey(storedId).slice(0, 12),
    createdAt: metadata?.createdAt,
    seenAt: metadata?.seenAt,
    authenticatedAt: metadata?.authenticatedAt,
    expiresAt: metadata && expiry?.endOf(metadata),
    limitAt: metadata && expiry?.limitOf(metadata),
    idleTimeout: expiry?.idleTimeout,
    absoluteTimeout: expiry?.absoluteTimeout,
    lifetime: metadata?.lifetime,
    userId: metadata?.userId,
    keys: sessionKeys(session),
  }
}

/** The keys of a session with their sizes, the largest first; also of one that could not be stored. */
export function sessionKeys(session: unknown): KeyFacts[] {
  if (!isSession(session)) return []
  const keys = [...stateOf(session).fields.texts()].map(([field, text]) => ({
    name: field.slice(2),
    isFlash: field.startsWith('f:'),
    bytes: Buffer.byteLength(field.slice(2)) + Buffer.byteLength(text),
  }))
  return keys.sort((one, other) => other.bytes - one.bytes)
}

/** The values of a session by key, as JSON would show them. */
export function sessionValues(session: unknown): Readonly<Record<string, string>> {
  if (!isSession(session)) return {}
  const { fields } = stateOf(session)
  return Object.fromEntries([...fields.texts()].map(([field, text]) => [field.slice(2), text]))
}
