import { createHmac, randomBytes } from 'node:crypto'
import type { Cookie } from '../../http/index.js'
import { CorruptRecordError } from '../backend/session-backend.js'
import type { CookieStore } from '../cookie-store/cookie-store.js'
import type { RingKey } from '../cookie-store/key-ring.js'
import type { RefusalReason } from '../events/events.js'
import type { SessionRecords } from '../server-store/session-records.js'
import type { SessionState } from '../session/session-state.js'
import { newSessionId } from '../session/session-id.js'
import type { SessionRecord } from '../store/next-step.js'

/** A session that the new store has taken over. */
export interface TakenOver {
  /** What a cookie of the new store says to open it. */
  readonly value: string
  /** Whether this request took it over. */
  readonly isFirst: boolean
  /** Whether the browser has to get the cookie from this request. */
  readonly isSent: boolean
  /** The cookie of the session that was opened. */
  cookie(opened: SessionState): Cookie
}

/** Reads an old session, or says why there is none. */
export type ReadOld = () => Promise<SessionRecord | RefusalReason>

/** A new store that takes old sessions over, each once as far as it can remember. */
export interface NewHome {
  /** Whether it remembers which sessions it has taken over. */
  readonly remembers: boolean
  /** Opens the session that was made of an old one, or makes it. */
  takeOver(key: string | undefined, read: ReadOld): Promise<TakenOver | RefusalReason>
  /** Sees to it that an old session is never taken over any more, as far as it can. */
  close(key: string): Promise<void>
}

/** Ids that are made of old ones: who does not know the secret cannot compute them. */
export class DerivedIds {
  readonly #key: RingKey

  constructor(key: RingKey) {
    this.#key = key
  }

  /** HMAC-SHA256, so that it is spelled as every id of ours. */
  of(key: string, nonce: string): string {
    return createHmac('sha256', this.#key.secret)
      .update(JSON.stringify([key, nonce]))
      .digest('base64url')
  }
}

/**
 * A backend. A note under the old id says that the session was taken over, and by which nonce its new id is made: the
 * first request to write it wins, and the others open the session of that one. It stays when the session has ended.
 */
export class RecordHome implements NewHome {
  readonly remembers = true
  readonly #records: SessionRecords
  readonly #ids: DerivedIds
  readonly #until: number

  /** @param until when the move is over, in milliseconds since 1970. */
  constructor(records: SessionRecords, ids: DerivedIds, until: number) {
    this.#records = records
    this.#ids = ids
    this.#until = until
  }

  async takeOver(key: string | undefined, read: ReadOld): Promise<TakenOver | RefusalReason> {
    if (key !== undefined) return (await this.#takenBefore(key)) ?? this.#takeFirst(key, read)
    const record = await read()
    if (typeof record === 'string') return record
    const id = newSessionId()
    await this.#create(id, record)
    return this.#opens(id, { isFirst: true, isSent: true })
  }

  async #takeFirst(key: string, read: ReadOld): Promise<TakenOver | RefusalReason> {
    const record = await read()
    // Another request may have taken it over since, and destroyed what was read.
    if (typeof record === 'string') return (await this.#takenBefore(key)) ?? record
    const nonce = randomBytes(9).toString('base64url')
    const id = this.#ids.of(key, nonce)
    await this.#create(id, record)
    if (await this.#note(key, nonce)) return this.#opens(id, { isFirst: true, isSent: true })
    // Another request came first. What this one made has reached no browser.
    await this.#records.deleteUnused(this.#records.keyOf(id), record.metadata)
    return (await this.#takenBefore(key)) ?? 'moved'
  }

  async #create(id: string, record: SessionRecord): Promise<void> {
    await this.#records.create(this.#records.keyOf(id), { ...record, notes: {} })
  }

  async close(key: string): Promise<void> {
    await this.#note(key, '')
  }

  /**
   * A request that came at the same time sends no cookie: its response may be the later one, and the first may have
   * given the session another id by then. One that comes later shows that the browser did not get the cookie.
   */
  async #takenBefore(key: string): Promise<TakenOver | undefined> {
    const note = await this.#noted(key)
    if (!note) return undefined
    const isSent = this.#now() >= note.at + AT_THE_SAME_TIME
    return this.#opens(this.#ids.of(key, note.nonce), { isFirst: false, isSent })
  }

  #opens(value: string, facts: Pick<TakenOver, 'isFirst' | 'isSent'>): TakenOver {
    const { cookie, expiry } = this.#records.policy
    return {
      value,
      ...facts,
      cookie: (opened) => cookie.carry(opened.id, opened.metadataNow, expiry),
    }
  }

  async #note(key: string, nonce: string): Promise<boolean> {
    const text = JSON.stringify({ nonce, at: this.#now() } satisfies Note)
    const ttl = Math.max(1, Math.ceil(this.#until - this.#now()))
    return this.#records.backend.create(this.#placeOf(key), text, ttl)
  }

  /** What is damaged still says that the session was taken over. */
  async #noted(key: string): Promise<Note | undefined> {
    try {
      const record = await this.#records.backend.read(this.#placeOf(key))
      return record && { nonce: '', at: 0, ...(JSON.parse(record.text) as Partial<Note>) }
    } catch (error) {
      if (error instanceof CorruptRecordError || error instanceof SyntaxError)
        return { nonce: '', at: 0 }
      throw error
    }
  }

  /** No id of ours is spelled so, and no cookie leads there. */
  #placeOf(key: string): string {
    return this.#records.keyOf(`moved ${this.#ids.of(key, '')}`)
  }

  #now(): number {
    return this.#records.policy.expiry.clock()
  }
}

/** What is noted of an old session. */
interface Note {
  /** Of the new id. Empty where the session was closed without being taken over. */
  readonly nonce: string
  /** In milliseconds since 1970. */
  readonly at: number
}

/** Longer than a request takes, in milliseconds. */
const AT_THE_SAME_TIME = 30_000

/** Cookies alone. With `revocations` an end is remembered; nothing else can be. */
export class CookieHome implements NewHome {
  readonly remembers = false
  readonly #store: CookieStore
  readonly #ids: DerivedIds
  readonly #until: number

  /** @param until when the move is over, in milliseconds since 1970. */
  constructor(store: CookieStore, ids: DerivedIds, until: number) {
    this.#store = store
    this.#ids = ids
    this.#until = until
  }

  async takeOver(key: string | undefined, read: ReadOld): Promise<TakenOver | RefusalReason> {
    const record = await read()
    if (typeof record === 'string') return record
    const id = key === undefined ? newSessionId() : this.#ids.of(key, '')
    const cookie = await this.#store.adopt({ id, ...record }, this.#until)
    return { value: cookie.value, isFirst: true, isSent: true, cookie: () => cookie }
  }

  async close(key: string): Promise<void> {
    await this.#store.endAdopted(this.#ids.of(key, ''), this.#until)
  }
}
