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
  if (writer instanceof SessionWriter) return new RecordEditor(writer.records, storedId)
  return writer instanceof CookieStore ? new CookieEditor(writer, state) : undefined
}

const GONE = { refused: 'The store has no such session any more.' }

class RecordEditor implements SessionEditor {
  readonly #records: SessionRecords
  readonly #key: string

  constructor(records: SessionRecords, id: string) {
    this.#records = records
    this.#key = records.keyOf(id)
  }

  age(by: number): Promise<Edit> {
    return this.#replace((stored) => {
      return writeRecord({ ...stored, metadata: setBack(stored.metadata, by) })
    })
  }

  expire(): Promise<Edit> {
    const { idleTimeout } = this.#records.policy.expiry
    return this.#replace((stored) => {
      const by = (stored.metadata.lifetime ?? idleTimeout) * 1000
      return writeRecord({ ...stored, metadata: setBack(stored.metadata, by) })
    })
  }

  async revoke(): Promise<Edit> {
    return (await this.#records.destroy(this.#key)) ? {} : GONE
  }

  damage(): Promise<Edit> {
    return this.#replace(() => 'damaged')
  }

  /** The record stays for as long as it would have, so that the next request says why it opens no session. */
  async #replace(textOf: (stored: StoredSession) => string): Promise<Edit> {
    const { backend, policy } = this.#records
    const stored = await this.#records.read(this.#key)
    if (!stored) return GONE
    const ttl = policy.expiry.timeToLive(stored.metadata)
    const result = await backend.replace(this.#key, stored.version, textOf(stored), ttl)
    if (result === 'applied') return {}
    return result === 'missing' ? GONE : { refused: 'A request wrote first. Try again.' }
  }
}

class CookieEditor implements SessionEditor {
  readonly #store: CookieStore
  readonly #state: SessionState

  constructor(store: CookieStore, state: SessionState) {
    this.#store = store
    this.#state = state
  }

  async age(by: number): Promise<Edit> {
    return { cookie: String(await this.#sealed(by)) }
  }

  async expire(): Promise<Edit> {
    const { metadata, expiry } = this.#state
    return this.age((metadata?.lifetime ?? expiry!.idleTimeout) * 1000)
  }

  async revoke(): Promise<Edit> {
    const { metadata, expiry, storedId } = this.#state
    if (this.#store.capabilities.isRevocable) {
      await this.#store.endAdopted(storedId!, expiry!.limitOf(metadata!))
      return {}
    }
    return {
      refused:
        'A CookieStore cannot revoke: the session is in the cookie. Give it `revocations`, or use a server-side store.',
    }
  }

  async damage(): Promise<Edit> {
    const cookie = await this.#sealed(0)
    const { value } = cookie
    const at = value.length - 8
    const other = value[at] === 'A' ? 'B' : 'A'
    return {
      cookie: String(cookie).replace(value, value.slice(0, at) + other + value.slice(at + 1)),
    }
  }

  /** The cookie with other times, as this machine's browser gets it. */
  async #sealed(by: number): Promise<Cookie> {
    const { storedId, metadata, fields, expiry } = this.#state
    const payload = {
      id: storedId!,
      metadata: setBack(metadata!, by),
      fields: fields.texts(),
    }
    const cookie = await this.#store.adopt(payload, expiry!.limitOf(metadata!))
    return cookieFor({ isLocalHttp: true } as Exchange, cookie)
  }
}

function setBack(metadata: SessionMetadata, by: number): SessionMetadata {
  const { createdAt, seenAt, authenticatedAt } = metadata
  return {
    ...metadata,
    createdAt: createdAt - by,
    seenAt: seenAt - by,
    ...(authenticatedAt !== undefined && { authenticatedAt: authenticatedAt - by }),
  }
}
