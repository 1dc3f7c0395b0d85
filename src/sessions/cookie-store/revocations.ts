import { randomBytes } from 'node:crypto'
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
import { recordKey } from '../session/session-id.js'

/**
 * Remembers in a backend what cookies cannot: which sessions were destroyed before their cookies expire, and
 * which logins of a user are still good (their epoch). An entry lasts as long as the last cookie that it is about.
 */
export class Revocations {
  readonly #backend: SessionBackend
  readonly #expiry: Expiry

  constructor(backend: SessionBackend, expiry: Expiry) {
    this.#backend = backend
    this.#expiry = expiry
  }

  async isRevoked(id: string, { userId, epoch }: SessionMetadata): Promise<boolean> {
    const [session, user] = await Promise.all([
      this.#read(keyOfSession(id)),
      userId === undefined ? undefined : this.#read(keyOfUser(userId)),
    ])
    return session !== undefined || (user !== undefined && epochIn(user) !== epoch)
  }

  /**
   * What the cookie of a login has to say. An epoch and not a time: with clocks a few milliseconds apart a login
   * just before `revokeUser` would survive it, or one just after it would not.
   */
  async epochOf(userId: string): Promise<string | undefined> {
    const user = await this.#read(keyOfUser(userId))
    return user && epochIn(user)
  }

  /**
   * Revokes a session, and the one by which a request under way has replaced it.
   *
   * @param until when its cookie expires by itself, in milliseconds since 1970.
   */
  async revokeSession(id: string, until: number): Promise<void> {
    await this.#revoke(keyOfSession(id), until)
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
    const entry = this.#entry()
    entry.set(SUCCESSOR, keyOfSession(successor.id)).set(SUCCESSOR_UNTIL, String(successor.until))
    const key = keyOfSession(id)
    const isOurs = await this.#backend.create(key, entry, this.#timeTo(until))
    if (isOurs) await this.#outlast(key, until)
    return isOurs
  }

  /**
   * Notes that a cookie of a session will be good for longer than those before: who ends the session with an older
   * one has to remember that for as long. Ask `isRevoked` afterwards: an end that came before does not know of it.
   */
  async prolong(id: string, until: number): Promise<void> {
    const key = keyOfLife(keyOfSession(id))
    const set = new Map([[UNTIL, String(until)]])
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (await this.#backend.create(key, set, this.#timeTo(until))) return
      const life = await this.#read(key)
      if (life && endIn(life) >= until) return
      const expected = new Map([[UNTIL, life?.fields.get(UNTIL)]])
      await this.#backend.patch(key, { set, expected }, this.#timeTo(until))
    }
    throw new SessionStoreError('other requests changed the life of the session again and again')
  }

  /** Makes the cookies of all logins before this worthless. @throws SessionStoreError when it cannot be stored. */
  async revokeUser(userId: string): Promise<void> {
    const key = keyOfUser(userId)
    const fields = new Map([[EPOCH, randomBytes(9).toString('base64url')]])
    const ttl = LONGEST_LIFETIME * 1000 + CLOCK_SKEW
    // Twice, for an entry may end between the two calls.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (await this.#backend.create(key, fields, ttl)) return
      await this.#backend.patch(key, { set: fields }, ttl)
      if ((await this.#read(key))?.fields.has(EPOCH)) return
    }
    throw new SessionStoreError(
      'the sessions of the user could not be revoked: the entry is damaged',
      {
        reason: 'corrupt',
      },
    )
  }

  async #revoke(key: string, until: number): Promise<void> {
    if (await this.#backend.create(key, this.#entry(), this.#timeTo(until)))
      return this.#outlast(key, until)
    const record = await this.#read(key)
    const successor = record?.fields.get(SUCCESSOR)
    if (successor === undefined) return
    const successorUntil = Number(record?.fields.get(SUCCESSOR_UNTIL) || Number.NaN)
    const longest = this.#expiry.clock() + LONGEST_LIFETIME * 1000
    await this.#revoke(successor, Number.isFinite(successorUntil) ? successorUntil : longest)
  }

  /** Remembers an end for as long as `prolong` said. */
  async #outlast(key: string, until: number): Promise<void> {
    const life = await this.#read(keyOfLife(key))
    const longest = this.#expiry.clock() + LONGEST_LIFETIME * 1000
    const end = life ? Math.min(endIn(life), longest) : until
    if (end > until) await this.#backend.patch(key, { set: this.#entry() }, this.#timeTo(end))
  }

  /** What is damaged still says that something was revoked; who logs in again is not stuck with it. */
  async #read(key: string): Promise<BackendRecord | undefined> {
    try {
      return await this.#backend.read(key)
    } catch (error) {
      if (error instanceof CorruptRecordError) return { fields: new Map(), version: 1 }
      throw error
    }
  }

  #entry(): Map<string, string> {
    return new Map([[AT, String(this.#expiry.clock())]])
  }

  /** A server whose clock is behind takes the cookie for a little longer. */
  #timeTo(until: number): number {
    return Math.max(1, until - this.#expiry.clock()) + CLOCK_SKEW
  }
}

const AT = 'at'
const EPOCH = 'epoch'
const SUCCESSOR = 'successor'
const SUCCESSOR_UNTIL = 'successorUntil'
const UNTIL = 'until'

/** Each attempt that fails is one more request that made the life longer. */
const MOST_ATTEMPTS = 8

function epochIn({ fields }: BackendRecord): string {
  return fields.get(EPOCH) ?? 'damaged'
}

/** How long a session may live; what is damaged says for ever. */
function endIn({ fields }: BackendRecord): number {
  const end = Number(fields.get(UNTIL) || Number.NaN)
  return Number.isNaN(end) ? Infinity : end
}

/** Hashed with a word before it, so that no record of a session has the same key. */
function keyOfSession(id: string): string {
  return recordKey(`revoked session ${id}`)
}

function keyOfUser(userId: string): string {
  return recordKey(`revoked user ${userId}`)
}

function keyOfLife(keyOfItsSession: string): string {
  return recordKey(`life of ${keyOfItsSession}`)
}
