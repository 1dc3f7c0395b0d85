import type { Refusal, RefusalReason } from '../events/events.js'
import { newestFirst } from '../session/expiry.js'
import type { StoredSession } from '../session/record.js'
import type { SessionRecords } from './session-records.js'

/** What the id of a cookie leads to. */
export interface Candidate {
  readonly id: string
  readonly key: string
  readonly stored: StoredSession | RefusalReason
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
  const live: FoundSession[] = []
  for (const { id, key, stored } of await Promise.all(ids.map((id) => find(records, id)))) {
    if (typeof stored === 'string') refused.push({ reason: stored, id })
    else live.push({ id, key, stored })
  }
  // One that was replaced can only read, so it is never better than one that lives.
  const isReplaced = ({ notes }: StoredSession) => Number(notes.replacedUntil !== undefined)
  live.sort(
    ({ stored: one }, { stored: other }) =>
      isReplaced(one) - isReplaced(other) || newestFirst(one.metadata, other.metadata),
  )
  const [newest, ...others] = live
  // Before the others: events tell of a few alone, and this one may be an attack.
  for (const { id } of others) refused.unshift({ reason: 'superseded', id })
  return newest && { ...newest, isOneOfSeveral: others.length > 0 }
}

async function find(records: SessionRecords, id: string): Promise<Candidate> {
  const key = records.keyOf(id)
  return { id, key, stored: await records.find(key) }
}
