import type { SessionBackend } from '../backend/session-backend.js'
import { LONGEST_LIFETIME, type Expiry, type SessionMetadata } from '../expiry.js'
import { recordKey } from '../record-key.js'

/**
 * Remembers in a backend what cookies cannot: which sessions ended before their sealed end, and since when
 * a user's cookies are worthless (his epoch). Each entry goes when the last cookie it is about is over.
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

  /** @param until when the cookie is over by itself, in milliseconds since 1970. */
  async revokeSession(id: string, until: number): Promise<void> {
    await this.#put(keyOfSession(id), Math.max(1, until - this.#expiry.clock()))
  }

  async revokeUser(userId: string): Promise<void> {
    await this.#put(keyOfUser(userId), LONGEST_LIFETIME * 1000)
  }

  async #put(key: string, ttl: number): Promise<void> {
    const fields = new Map([[AT, String(this.#expiry.clock())]])
    if (await this.#backend.create(key, fields, ttl)) return
    await this.#backend.patch(key, { set: fields }, ttl)
  }
}

const AT = 'at'

/** Hashed with a word before it, so that no record of a session has the same key. */
function keyOfSession(id: string): string {
  return recordKey(`revoked session ${id}`)
}

function keyOfUser(userId: string): string {
  return recordKey(`revoked user ${userId}`)
}
