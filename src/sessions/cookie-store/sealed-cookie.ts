import { aFunction, checkedElsewhere, oneOf, type OptionRules } from '../../di/index.js'
import type { Cookie } from '../../http/index.js'
import type { SessionPurpose } from '../session/session-id.js'
import { aNumber } from '../errors/options.js'
import { SessionTooLargeError } from '../errors/errors.js'
import type { Expiry } from '../session/expiry.js'
import { KeyRing } from './key-ring.js'
import { EncryptedSeal, SignedSeal, type Seal, type UnsealReason } from './seal.js'
import { COOKIE_RULES, SessionCookie, type SessionCookieOptions } from '../store/session-cookie.js'
import { readPayload, writePayload, type CookiePayload } from './cookie-payload.js'
import { OpenedCookieCache, type KnownCookie } from './opened-cookie-cache.js'

/** How a cookie that carries a whole session is protected. */
export interface SealedCookieOptions extends SessionCookieOptions {
  /**
   * At least 32 random bytes as text; or several, newest first: the first seals, all open. To change it
   * on several servers add the new one last, everywhere, and then move it to the front.
   */
  readonly secret: string | readonly string[]
  /** Default: `encrypted`. Everybody who sees a `signed` cookie, the visitor too, can read it. */
  readonly protection?: 'encrypted' | 'signed'
  /**
   * How many opened cookies are kept in the memory of the process, so that a browser that sends the same one again
   * and again is spared the cryptography from the third time on. Default: 500. With 0 none is kept.
   */
  readonly openedCacheSize?: number
  /** Called once when a session comes near to what a cookie can hold. Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void
}

/** What the options of a sealed cookie take. A secret is never quoted: `KeyRing` checks it. */
export const SEALED_COOKIE_RULES: OptionRules<SealedCookieOptions> = {
  ...COOKIE_RULES,
  secret: checkedElsewhere,
  protection: oneOf('encrypted', 'signed'),
  openedCacheSize: aNumber({ from: 0, to: 1_000_000, unit: 'cookies' }),
  warn: aFunction,
}

/** What a cookie holds, or why it was not opened. */
export type OpenedCookie = KnownCookie | UnsealReason | 'corrupt'

/** A cookie that carries a whole session: sealed, within the size that browsers take. */
export class SealedCookie extends SessionCookie {
  readonly #seal: Seal
  readonly #opened: OpenedCookieCache
  readonly #warn: (message: string) => void
  #hasWarned = false

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: SealedCookieOptions) {
    super(options)
    this.#seal = sealOf(options, this.purpose)
    this.#opened = new OpenedCookieCache(options.openedCacheSize ?? 500)
    this.#warn = options.warn ?? ((message) => process.emitWarning(message, 'SessionWarning'))
  }

  /** What a token of ours holds, and whether an old key sealed it; or why it is none. Never throws. */
  open(token: string): OpenedCookie {
    const known = this.#opened.find(token)
    if (known) return known
    const unsealed = this.#seal.unseal(token)
    if (typeof unsealed === 'string') return unsealed
    const payload = readPayload(unsealed.content)
    if (!payload) return 'corrupt'
    const opened = { payload, isOldKey: unsealed.isOldKey }
    this.#opened.add(token, opened)
    return opened
  }

  /** @throws SessionTooLargeError when browsers would drop the cookie. */
  close(payload: CookiePayload, expiry: Expiry): Cookie {
    const content = writePayload(payload)
    const name = Math.max(this.name.length, this.nameOverHttp?.length ?? 0)
    const size = name + this.#seal.lengthOf(content.length)
    if (size > BUDGET) throw new SessionTooLargeError(size, BUDGET, advice(payload))
    if (size > BUDGET * 0.8) this.#warnOnce(size, payload)
    const token = this.#seal.seal(content)
    return this.carry(token, payload.metadata, expiry)
  }

  #warnOnce(size: number, payload: CookiePayload): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#warn(
      `A session takes ${size} of the ${BUDGET} bytes that its cookie '${this.name}' may have. ${advice(payload)} ` +
        'A proxy in front has to take such a head: nginx answers 502 until it is told `proxy_buffer_size 8k`.',
    )
  }
}

/** Bytes of name and value that browsers take (RFC 6265bis 5.6); a larger cookie is dropped without a word. */
const BUDGET = 4096

function sealOf(options: SealedCookieOptions, ids: SessionPurpose): Seal {
  const { protection = 'encrypted' } = options
  const keys = new KeyRing(options.secret, { ...ids, purpose: `session-cookie-${protection}` })
  return protection === 'signed' ? new SignedSeal(keys) : new EncryptedSeal(keys)
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
