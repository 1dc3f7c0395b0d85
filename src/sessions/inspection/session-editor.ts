import type { Cookie, Exchange } from '../../http/index.js'
import { CookieStore } from '../cookie-store/cookie-store.js'
import type { SessionRecords } from '../server-store/session-records.js'
import { SessionWriter } from '../server-store/session-writer.js'
import type { SessionMetadata } from '../session/expiry.js'
import { writeRecord, type StoredSession } from '../session/record.js'
import type { SessionState } from '../session/session-state.js'
import { isSession, stateOf } from '../session/session-view.js'
import { cookieFor } from '../store/session-cookie.js'

/** Does to a stored session what time, a logout or a fault would do. */
export interface SessionEditor {
  /** Sets all its times back, in milliseconds. */
  age(by: number): Promise<Edit>
  /** Sets its times back by as much as its idle timeout. */
  expire(): Promise<Edit>
  revoke(): Promise<Edit>
  /** Makes the record, or the cookie, one that cannot be read. */
  damage(): Promise<Edit>
}

/** How an edit ended: with the `Set-Cookie` line that the browser needs, or why nothing was done. */
export type Edit = { readonly cookie?: string } | { readonly refused: string }

/** The editor of a session that a request has opened; `undefined` when its store keeps it in a way of its own. */
export function editorOf(session: unknown): SessionEditor | undefined {
  if (!isSession(session)) return undefined
  const state = stateOf(session)
  const { writer, storedId } = state
  if (storedId === undefined) return undefined
  if (writer instanceof SessionWriter) return recordEditor(writer.records, storedId)
  return writer instanceof CookieStore ? cookieEditor(writer, state) : undefined
}

const GONE = { refused: 'The store has no such session any more.' }

function recordEditor(records: SessionRecords, id: string): SessionEditor {
  const { backend, policy } = records
  const key = records.keyOf(id)
  /** The record stays for as long as it would have, so that the next request says why it opens no session. */
  const replace = async (textOf: (stored: StoredSession) => string): Promise<Edit> => {
    const stored = await records.read(key)
    if (!stored) return GONE
    const ttl = policy.expiry.timeToLive(stored.metadata)
    const result = await backend.replace(key, stored.version, textOf(stored), ttl)
    if (result === 'applied') return {}
    return result === 'missing' ? GONE : { refused: 'A request wrote first. Try again.' }
  }
  const age = (timeOf: (metadata: SessionMetadata) => number) =>
    replace((stored) => {
      const { metadata } = stored
      return writeRecord({ ...stored, metadata: setBack(metadata, timeOf(metadata)) })
    })
  return {
    age: (by) => age(() => by),
    expire: () => age(({ lifetime = policy.expiry.idleTimeout }) => lifetime * 1000),
    revoke: async () => ((await records.destroy(key)) ? {} : GONE),
    damage: () => replace(() => 'damaged'),
  }
}

function cookieEditor(store: CookieStore, state: SessionState): SessionEditor {
  const { fields } = state
  const [id, metadata, expiry] = [state.storedId!, state.metadata!, state.expiry!]
  const limit = expiry.limitOf(metadata)
  /** The cookie with other times, as this machine's browser gets it. */
  const sealed = async (by: number): Promise<Cookie> => {
    const payload = { id, metadata: setBack(metadata, by), fields: fields.texts() }
    return cookieFor({ isLocalHttp: true } as Exchange, await store.adopt(payload, limit))
  }
  const age = async (by: number) => ({ cookie: String(await sealed(by)) })
  return {
    age,
    expire: () => age((metadata.lifetime ?? expiry.idleTimeout) * 1000),
    revoke: async (): Promise<Edit> => {
      if (!store.capabilities.isRevocable) return { refused: NOT_REVOCABLE }
      await store.endAdopted(id, limit)
      return {}
    },
    damage: async () => {
      const cookie = await sealed(0)
      const { value } = cookie
      const at = value.length - 8
      const other = value[at] === 'A' ? 'B' : 'A'
      const damaged = value.slice(0, at) + other + value.slice(at + 1)
      return { cookie: String(cookie).replace(value, damaged) }
    },
  }
}

const NOT_REVOCABLE =
  'A CookieStore cannot revoke: the session is in the cookie. Give it `revocations`, or use a server-side store.'

function setBack(metadata: SessionMetadata, by: number): SessionMetadata {
  const { createdAt, seenAt, authenticatedAt } = metadata
  return {
    ...metadata,
    createdAt: createdAt - by,
    seenAt: seenAt - by,
    ...(authenticatedAt !== undefined && { authenticatedAt: authenticatedAt - by }),
  }
}
