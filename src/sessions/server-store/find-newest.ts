import type { Refusal } from '../events/unpublished-event.js'
import { isNewer } from '../session/expiry.js'
import type { StoredSession } from '../session/record.js'
import type { Absence, SessionRecords } from './session-records.js'

/** What the id of a cookie leads to. */
export interface Candidate {
  readonly id: string
  readonly key: string
  readonly stored: StoredSession | Absence
  /** Whether other cookies named live sessions as well. */
  readonly isOneOfSeveral?: boolean
}

type FoundSession = Candidate & { readonly stored: StoredSession }

/**
 * Finds the newest live session of some ids. The order of cookies says nothing: browsers send the longer path
 * first, and who can plant a cookie chooses its path (RFC 6265bis 5.8.3).
 */
export async function findNewest(
  records: SessionRecords,
  ids: readonly string[],
  refused: Refusal[],
): Promise<FoundSession | undefined> {
  const found = await Promise.all(ids.map((id) => find(records, id)))
  let newest: FoundSession | undefined
  for (const { id, key, stored } of found) {
    if (typeof stored === 'string') {
      refused.push({ reason: stored, id })
      continue
    }
    const isOneOfSeveral = newest !== undefined
    if (newest && !isBefore(stored, newest.stored)) {
      refused.push({ reason: 'superseded', id })
      newest = { ...newest, isOneOfSeveral }
      continue
    }
    if (newest) refused.push({ reason: 'superseded', id: newest.id })
    newest = { id, key, stored, isOneOfSeveral }
  }
  return newest
}

async function find(records: SessionRecords, id: string): Promise<Candidate> {
  const key = records.keyOf(id)
  return { id, key, stored: await records.find(key) }
}

/** One that was replaced can only read, so it is never better than one that lives. */
function isBefore(one: StoredSession, other: StoredSession): boolean {
  const isReplaced = ({ notes }: StoredSession) => notes.replacedUntil !== undefined
  if (isReplaced(one) !== isReplaced(other)) return isReplaced(other)
  return isNewer(one.metadata, other.metadata)
}
