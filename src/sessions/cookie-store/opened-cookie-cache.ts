import type { CookiePayload } from './cookie-payload.js'

/** What is known of a token that was authenticated, or made, by this process. */
export interface KnownCookie {
  readonly payload: CookiePayload
  readonly isOldKey: boolean
}

/**
 * The cookies that this process has opened or made last. A browser sends the same one with each of its
 * requests, and what a token holds does not change: asking for the very same text again needs no
 * cryptography. Times and revocation are checked at each load all the same.
 *
 * Two generations, in place of a list in the order of use: what is not asked for while the younger one
 * fills is forgotten with the older one.
 */
export class OpenedCookieCache {
  readonly #limit: number
  #younger = new Map<string, Entry>()
  #older = new Map<string, Entry>()

  /** @param limit how many it keeps, at most. */
  constructor(limit: number) {
    this.#limit = limit
  }

  find(token: string): KnownCookie | undefined {
    const key = keyOf(token)
    const younger = this.#younger.get(key)
    if (younger?.token === token) return younger.known
    const older = this.#older.get(key)
    if (older?.token !== token) return undefined
    this.#put(key, older)
    return older.known
  }

  /** @param token a text of its own: one that was cut out of a header would keep all of it in memory. */
  add(token: string, known: KnownCookie): void {
    if (this.#limit > 0) this.#put(keyOf(token), { token, known })
  }

  #put(key: string, entry: Entry): void {
    if (this.#younger.size >= this.#limit / 2) {
      this.#older = this.#younger
      this.#younger = new Map()
    }
    this.#younger.set(key, entry)
  }
}

interface Entry {
  readonly token: string
  readonly known: KnownCookie
}

/**
 * What two tokens do not share: the nonce of an encrypted one, the beginning of the signature of a signed one.
 * Hashing all of it would cost more than finding it; what is found is compared as a whole.
 */
function keyOf(token: string): string {
  return token.slice(0, KEY_LENGTH)
}

/** Version and key, then 96 bits. */
const KEY_LENGTH = 23

/** A copy that shares no memory with the text it was cut out of. */
export function ownText(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1')
}
