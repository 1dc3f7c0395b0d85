import type { CookiePayload } from './cookie-payload.js'
import { HEAD } from './seal.js'

/** What is known of a token that was authenticated. */
export interface KnownCookie {
  readonly payload: CookiePayload
  readonly isOldKey: boolean
}

/**
 * The cookies that this process has opened last, and more than once. A browser sends the same one with each of its
 * requests, and what a token holds does not change: asking for the very same text again needs no
 * cryptography. Times and revocation are checked at each load all the same.
 *
 * A cookie that comes for the first time is only marked. Where more visitors come than are kept, hardly one comes
 * again in time, and opened sessions that live for a while and die unused cost the garbage collector as much as
 * the whole request (measured: 30 µs in place of 15).
 *
 * Two generations, in place of a list in the order of use: what is not asked for while the younger one
 * fills is forgotten with the older one.
 */
export class OpenedCookieCache {
  readonly #limit: number
  #younger = new Map<number, Entry>()
  #older = new Map<number, Entry>()
  /** The marks of those that came lately: no more than a generation has room for, or cookies would be kept in vain. */
  readonly #marks = new Set<number>()

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

  /** Keeps it when it came before. */
  add(token: string, known: KnownCookie): void {
    if (this.#limit === 0) return
    const key = keyOf(token)
    if (!this.#isMarked(key)) return
    // A copy: a text that was cut out of a header would keep all of it in memory.
    this.#put(key, { token: Buffer.from(token, 'latin1').toString('latin1'), known })
  }

  /** Marks it; a mark that two share makes one of them be kept too early, no more. */
  #isMarked(key: number): boolean {
    if (this.#marks.has(key)) return true
    if (this.#marks.size >= this.#limit / 2) this.#marks.clear()
    this.#marks.add(key)
    return false
  }

  #put(key: number, entry: Entry): void {
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
 * Of what two tokens do not share: the nonce of an encrypted one, the beginning of the signature of a signed one. As a
 * number, because a text would have to be cut out and hashed for each request. What is found is compared as a whole.
 */
function keyOf(token: string): number {
  let key = 0
  for (let at = HEAD; at < HEAD + KEY_LENGTH; at += 1)
    key = (Math.imul(key, 63) + token.charCodeAt(at)) | 0
  return key
}

/** Six characters are 36 random bits. */
const KEY_LENGTH = 6
