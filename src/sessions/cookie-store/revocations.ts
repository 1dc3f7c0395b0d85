import { randomBytes } from 'node:crypto'
import type { KeyOf } from '../session/session-id.js'
import {
  CorruptRecordError,
  type BackendRecord,
  type SessionBackend,
} from '../backend/session-backend.js'
import { SessionStoreError } from '../errors/errors.js'
import {
  CLOCK_SKEW,
  LONGEST_LIFETIME,
  type Expiry,
  type SessionMetadata,
} from '../session/expiry.js'

/**
 * Remembers in a backend what cookies cannot: which sessions were destroyed before their cookies expire, and
 * which logins of a user are still good (their epoch). An entry lasts as long as the last cookie that it is about.
 */
export class Revocations {
  readonly #backend: SessionBackend
  readonly #expiry: Expiry
  readonly #keyOf: KeyOf

  constructor(backend: SessionBackend, expiry: Expiry, keyOf: KeyOf) {
    this.#backend = backend
    this.#expiry = expiry
    this.#keyOf = keyOf
  }

  async isRevoked(id: string, { userId, epoch }: SessionMetadata): Promise<boolean> {
    const [session, user] = await Promise.all([
      this.#read(this.#keyOfSession(id)),
      userId === undefined ? undefined : this.#read(this.#keyOfUser(userId)),
    ])
    return session !== undefined || (user !== undefined && epochIn(user) !== epoch)
  }

  /**
   * What the cookie of a login has to say. An epoch and not a time: with clocks a few milliseconds apart a login
   * just before `revokeUser` would survive it, or one just after it would not.
   */
  async epochOf(userId: string): Promise<string | undefined> {
    const user = await this.#read(this.#keyOfUser(userId))
    return user && epochIn(user)
  }

  /**
   * Revokes a session, and the one by which a request under way has replaced it.
   *
   * @param until when its cookie expires by itself, in milliseconds since 1970.
   */
  async revokeSession(id: string, until: number): Promise<void> {
    await this.#revoke(this.#keyOfSession(id), until)
  }

  /**
   * Revokes the old id of a session that goes on under another id.
   *
   * @param until when the cookie of the one, or of the other, expires by itself.
   * @returns false when it was revoked before: then the other must not begin.
   */
  async replaceSession(
    id: string,
    until: number,
    successor: { readonly id: string; readonly until: number },
  ): Promise<boolean> {
    const key = this.#keyOfSession(id)
    const entry = textOf({
      at: this.#expiry.clock(),
      successor: this.#keyOfSession(successor.id),
      successorUntil: successor.until,
    })
    const isOurs = await this.#backend.create(key, entry, this.#timeTo(until))
    if (isOurs) await this.#outlast(key, entry, until)
    return isOurs
  }

  /**
   * Notes that a cookie of a session will be good for longer than those before: who ends the session with an older
   * one has to remember that for as long. Ask `isRevoked` afterwards: an end that came before does not know of it.
   */
  async prolong(id: string, until: number): Promise<void> {
    const key = this.#keyOfLife(this.#keyOfSession(id))
    const isLonger = (life: BackendRecord) => this.#endIn(entryIn(life).until) >= until
    if (await this.#write(key, textOf({ until }), this.#timeTo(until), isLonger)) return
    throw new SessionStoreError('other requests changed the life of the session again and again')
  }

  /** Makes the cookies of all logins before this worthless. @throws SessionStoreError when it cannot be stored. */
  async revokeUser(userId: string): Promise<void> {
    const text = textOf({ epoch: randomBytes(9).toString('base64url') })
    const ttl = LONGEST_LIFETIME * 1000 + CLOCK_SKEW
    if (await this.#write(this.#keyOfUser(userId), text, ttl)) return
    const message = 'the sessions of the user could not be revoked: the entry is damaged'
    throw new SessionStoreError(message, { reason: 'corrupt' })
  }

  /** Puts a text in the place of what is there, unless that will do. Gives up when others write again and again. */
  async #write(
    key: string,
    text: string,
    ttl: number,
    willDo: (found: BackendRecord) => boolean = () => false,
  ): Promise<boolean> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (await this.#backend.create(key, text, ttl)) return true
      // An entry may end between two calls.
      const found = await this.#read(key)
      if (found && willDo(found)) return true
      const { version = 1 } = found ?? {}
      if ((await this.#backend.replace(key, version, text, ttl)) === 'applied') return true
    }
    return false
  }

  async #revoke(key: string, until: number): Promise<void> {
    const entry = textOf({ at: this.#expiry.clock() })
    if (await this.#backend.create(key, entry, this.#timeTo(until)))
      return this.#outlast(key, entry, until)
    const { successor, successorUntil } = entryIn(await this.#read(key))
    if (typeof successor !== 'string') return
    await this.#revoke(successor, this.#endIn(successorUntil))
  }

  /** Remembers an end that was just created for as long as `prolong` said. */
  async #outlast(key: string, entry: string, until: number): Promise<void> {
    const life = await this.#read(this.#keyOfLife(key))
    const end = life ? this.#endIn(entryIn(life).until) : until
    if (end > until) await this.#backend.replace(key, 1, entry, this.#timeTo(end))
  }

  /** What is damaged still says that something was revoked; who logs in again is not stuck with it. */
  async #read(key: string): Promise<BackendRecord | undefined> {
    try {
      return await this.#backend.read(key)
    } catch (error) {
      if (error instanceof CorruptRecordError) return { text: '', version: 1 }
      throw error
    }
  }

  /** An end that an entry tells; what is damaged tells the latest that there can be. */
  #endIn(until: unknown): number {
    const latest = this.#expiry.clock() + LONGEST_LIFETIME * 1000
    return typeof until === 'number' ? Math.min(until, latest) : latest
  }

  /** A server whose clock is behind takes the cookie for a little longer. */
  #timeTo(until: number): number {
    return Math.max(1, until - this.#expiry.clock()) + CLOCK_SKEW
  }

  /** With a word before the id, so that no record of a session has the same key. */
  #keyOfSession(id: string): string {
    return this.#keyOf(`revoked session ${id}`)
  }

  #keyOfUser(userId: string): string {
    return this.#keyOf(`revoked user ${userId}`)
  }

  #keyOfLife(keyOfItsSession: string): string {
    return this.#keyOf(`life of ${keyOfItsSession}`)
  }
}

/** What an entry says: of a revoked session, of a user, or of the life of a session. */
interface Entry {
  readonly at?: number
  readonly successor?: string
  readonly successorUntil?: number
  readonly epoch?: string
  readonly until?: number
}

const MOST_ATTEMPTS = 8

/** It begins as no record of a session does, and is none. */
function textOf(entry: Entry): string {
  return JSON.stringify(entry)
}

function entryIn(record: BackendRecord | undefined): { readonly [Name in keyof Entry]: unknown } {
  try {
    return Object(JSON.parse(record?.text ?? '{}')) as Entry
  } catch {
    return {}
  }
}

function epochIn(record: BackendRecord): string {
  const { epoch } = entryIn(record)
  return typeof epoch === 'string' ? epoch : 'damaged'
}
