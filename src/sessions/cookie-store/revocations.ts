import type { SessionBackend } from '../backend/session-backend.js'
import { LONGEST_LIFETIME, type Expiry, type SessionMetadata } from '../session/expiry.js'
import { recordKey } from '../session/session-id.js'

/**
 * Remembers in a backend what cookies cannot: which sessions were destroyed before their cookies expire, and
 * before which moment a user's cookies are worthless (their epoch). An entry expires with the last cookie that
 * it is about.
 */
export class Revocations {
  readonly #backend: SessionBackend
  readonly #expiry: Expiry

  constructor(backend: SessionBackend, expiry: Expiry) {
    this.#backend = backend
    this.#expiry = expiry
  }

  async isRevoked(id: string, { userId, authenticatedAt }: SessionMetadata): Promise<boolean> {
    const [session, user] = await Promise.all([
      this.#backend.read(keyOfSession(id)),
      userId === undefined ? undefined : this.#backend.read(keyOfUser(userId)),
    ])
    const epoch = Number(user?.fields.get(AT) ?? 0)
    return session !== undefined || (authenticatedAt ?? 0) < epoch
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
    return this.#backend.create(keyOfSession(id), entry, this.#timeTo(until))
  }

  async revokeUser(userId: string): Promise<void> {
    await this.#put(keyOfUser(userId), LONGEST_LIFETIME * 1000)
  }

  async #revoke(key: string, until: number): Promise<void> {
    if (await this.#backend.create(key, this.#entry(), this.#timeTo(until))) return
    const record = await this.#backend.read(key)
    const successor = record?.fields.get(SUCCESSOR)
    const successorUntil = Number(record?.fields.get(SUCCESSOR_UNTIL))
    if (successor !== undefined) await this.#revoke(successor, successorUntil)
  }

  async #put(key: string, ttl: number): Promise<void> {
    const fields = this.#entry()
    if (await this.#backend.create(key, fields, ttl)) return
    await this.#backend.patch(key, { set: fields }, ttl)
  }

  #entry(): Map<string, string> {
    return new Map([[AT, String(this.#expiry.clock())]])
  }

  #timeTo(until: number): number {
    return Math.max(1, until - this.#expiry.clock())
  }
}

const AT = 'at'
const SUCCESSOR = 'successor'
const SUCCESSOR_UNTIL = 'successorUntil'

/** Hashed with a word before it, so that no record of a session has the same key. */
function keyOfSession(id: string): string {
  return recordKey(`revoked session ${id}`)
}

function keyOfUser(userId: string): string {
  return recordKey(`revoked user ${userId}`)
}
