import { keyError, SessionUsageError } from '../errors/usage-error.js'
import { checkDuration, type SessionMetadata } from '../session/expiry.js'
import { fieldOf } from '../session/field-texts.js'
import type { RefusalReason } from '../events/events.js'
import type { SessionState } from '../session/session-state.js'
import { checkUser } from '../session/user.js'
import type { SessionRecord } from '../store/next-step.js'
import type { OldSession } from './systems/old-sessions.js'

/** What an old session becomes. The times are those of the old session, unless others are given. */
export interface MovedSession extends OldSession {
  /** The user who is logged in, as for `session.bind`. Default: nobody. */
  readonly userId?: string
  /** How the user recognises the session, as for `session.bind`. */
  readonly label?: string
  /** When the user proved who they are. Default: for a session with a user, when it began. */
  readonly authenticatedAt?: Date | undefined
  /** A lifetime of its own in seconds, as for `session.remember`. */
  readonly lifetime?: number
}

/** Says what an old session becomes; `undefined`: it is left behind. */
export type Convert = (
  old: OldSession,
) => MovedSession | undefined | Promise<MovedSession | undefined>

/**
 * An old session as the new store keeps it, or why it does not.
 *
 * @param state a new session of that store; nothing of it is changed in the end.
 * @throws SessionUsageError when it cannot be kept: a key, a value, a user or a time.
 */
export async function recordOfOld(
  old: OldSession | SessionRecord,
  convert: Convert,
  state: SessionState,
): Promise<SessionRecord | RefusalReason> {
  if ('metadata' in old) return old
  const moved = await convert(old)
  if (!moved) return 'schema'
  const record = recordOfMoved(moved, old, state)
  // Some systems keep a session for everybody who has seen a page. Here there is none before something is in it.
  const isEmpty = record.fields.size === 0 && record.metadata.authenticatedAt === undefined
  return isEmpty ? 'unknown' : record
}

function recordOfMoved(
  moved: MovedSession,
  old: OldSession,
  { fields, expiry }: SessionState,
): SessionRecord {
  for (const [key, value] of Object.entries(moved.data)) {
    if (key === 'id') throw keyError(key, `it is taken; ${GIVE} another name`)
    if (value !== undefined) fields.set(fieldOf('d', key), value)
  }
  const texts = new Map(fields.texts())
  fields.rollback()
  const now = expiry?.clock() ?? NaN
  return { metadata: metadataOf(moved, old, now), fields: texts }
}

function metadataOf(moved: MovedSession, old: OldSession, now: number): SessionMetadata {
  const timeOf = (name: 'createdAt' | 'seenAt') => timeGiven(name, moved[name] ?? old[name])
  const seenAt = timeOf('seenAt') ?? now
  const createdAt = timeOf('createdAt') ?? seenAt
  const authenticatedAt = timeGiven('authenticatedAt', moved.authenticatedAt)
  const { userId, label, lifetime } = moved
  const isLogin = userId !== undefined
  return {
    createdAt,
    seenAt,
    authenticatedAt: authenticatedAt ?? (isLogin ? createdAt : undefined),
    ...(isLogin && userGiven(userId, label)),
    ...(lifetime !== undefined && { lifetime: checkDuration('lifetime', lifetime) }),
  }
}

function timeGiven(name: string, time: Date | undefined): number | undefined {
  if (time === undefined) return undefined
  const ms = time instanceof Date ? time.getTime() : NaN
  if (!Number.isNaN(ms)) return ms
  throw new SessionUsageError(
    'SESSION_VALUE',
    `cannot move the session: ${GIVE} a Date as ${name}.`,
  )
}

function userGiven(userId: unknown, label: unknown) {
  try {
    return checkUser(userId, label)
  } catch (error) {
    const reason = `cannot move the session: ${(error as TypeError).message}; ${GIVE} such a user.`
    throw new SessionUsageError('SESSION_VALUE', reason)
  }
}

const GIVE = 'let the function `session` of movingFrom() give it'
