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
export class OpenedCookies {
  readonly #limit: number
  #younger = new Map<string, KnownCookie>()
  #older = new Map<string, KnownCookie>()

  /** @param limit how many it keeps, at most. */
  constructor(limit: number) {
    this.#limit = limit
  }

  find(token: string): KnownCookie | undefined {
    const known = this.#younger.get(token)
    if (known) return known
    const older = this.#older.get(token)
    if (older) this.add(ownText(token), older)
    return older
  }

  /** @param token a text of its own: one that was cut out of a header would keep all of it in memory. */
  add(token: string, known: KnownCookie): void {
    if (this.#limit === 0) return
    if (this.#younger.size >= this.#limit / 2) {
      this.#older = this.#younger
      this.#younger = new Map()
    }
    this.#younger.set(token, known)
  }
}

/** A copy that shares no memory with the text it was cut out of. */
export function ownText(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1')
}
