import type { Cookie } from '../../http/index.js'
import { SessionTooLargeError } from '../errors.js'
import type { Expiry } from '../expiry.js'
import { KeyRing } from '../key-ring.js'
import { EncryptedSeal, SignedSeal, type Seal, type UnsealFault } from '../seal.js'
import { SessionCookie, type SessionCookieOptions } from '../session-cookie.js'
import { readPayload, writePayload, type CookiePayload } from './cookie-payload.js'

/** How a cookie that carries a whole session is protected. */
export interface SealedCookieOptions extends SessionCookieOptions {
  /**
   * At least 32 random bytes as text; or several, newest first: the first seals, all open. To change it
   * on several servers add the new one last, everywhere, and then move it to the front.
   */
  readonly secret: string | readonly string[]
  /** Default: `encrypted`. `signed` is readable by the visitor and whoever sees the cookie. */
  readonly protection?: 'encrypted' | 'signed'
  /** The application that the cookies are for; another one with the same secret cannot read them. Default: `''`. */
  readonly application?: string
  /** Hears once that a session comes near to what a cookie can hold. Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void
}

/** What came out of a cookie. */
export type OpenedCookie =
  | { readonly payload: CookiePayload; readonly isOldKey: boolean }
  | { readonly payload: undefined; readonly reason: UnsealFault | 'corrupt' }

/** A cookie that carries a whole session: sealed, within the size that browsers take. */
export class SealedCookie {
  readonly #cookie: SessionCookie
  readonly #seal: Seal
  readonly #warn: (message: string) => void
  #hasWarned = false

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: SealedCookieOptions) {
    this.#cookie = new SessionCookie(options)
    this.#seal = sealOf(options, this.#cookie.name)
    this.#warn = options.warn ?? ((message) => process.emitWarning(message, 'SessionWarning'))
  }

  get name(): string {
    return this.#cookie.name
  }

  /** What a token of ours holds, and whether an old key sealed it; or why it is none. Never throws. */
  open(token: string): OpenedCookie {
    const unsealed = this.#seal.unseal(token)
    if (!unsealed.ok) return { payload: undefined, reason: unsealed.reason }
    const payload = readPayload(unsealed.content)
    if (!payload) return { payload, reason: 'corrupt' }
    return { payload, isOldKey: unsealed.isOldKey }
  }

  /** @throws SessionTooLargeError when browsers would drop the cookie. */
  close(payload: CookiePayload, expiry: Expiry): Cookie {
    const content = writePayload(payload)
    const size = this.name.length + this.#seal.lengthOf(content.length)
    if (size > BUDGET) throw new SessionTooLargeError(size, BUDGET, advice(payload))
    if (size > BUDGET * 0.8) this.#warnOnce(size, payload)
    return this.#cookie.carry(this.#seal.seal(content), payload.metadata, expiry)
  }

  /** The cookie that makes the browser forget the session. */
  clear(): Cookie {
    return this.#cookie.clear()
  }

  #warnOnce(size: number, payload: CookiePayload): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#warn(
      `A session takes ${size} of the ${BUDGET} bytes that its cookie '${this.name}' may have. ${advice(payload)}`,
    )
  }
}

/** Bytes of name and value that browsers take (RFC 6265bis 5.6); a larger cookie is dropped without a word. */
const BUDGET = 4096

function sealOf(options: SealedCookieOptions, name: string): Seal {
  const { protection = 'encrypted', application = '' } = options
  const purpose = `session-cookie-${protection}`
  const keys = new KeyRing(options.secret, { purpose, application, name })
  const context = JSON.stringify([application, name])
  return protection === 'signed' ? new SignedSeal(keys, context) : new EncryptedSeal(keys, context)
}

function advice({ fields }: CookiePayload): string {
  const largest = [...fields]
    .map(([field, text]) => ({ key: field.slice(2), size: Buffer.byteLength(field + text) }))
    .sort((one, other) => other.size - one.size)
    .slice(0, 3)
    .map(({ key, size }) => `${JSON.stringify(key.slice(0, 40))} (${size} bytes)`)
    .join(', ')
  return `Its largest keys: ${largest}. Keep less in it, or use a server-side store.`
}
