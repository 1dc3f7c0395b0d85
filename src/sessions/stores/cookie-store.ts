import { Inject } from '../../di/index.js'
import { Cookies, type Cookie } from '../../http/index.js'
import { SessionTooLargeError } from '../errors.js'
import { Expiry, type ExpiryOptions } from '../expiry.js'
import { KeyRing } from '../key-ring.js'
import { nextStep, type SessionRecord } from '../life-cycle.js'
import { ownOptions } from '../own-options.js'
import { EncryptedSeal, SignedSeal, type Seal } from '../seal.js'
import type { Serializer } from '../serializer.js'
import { SessionCookie, type SessionCookieOptions } from '../session-cookie.js'
import { SessionState } from '../session-state.js'
import { SessionStore } from '../session-store.js'
import { Session } from '../session.js'
import { readPayload, writePayload } from './cookie-payload.js'

/** How a `CookieStore` keeps sessions; beside these the options of the cookie and of the expiry. */
export interface CookieStoreOptions extends SessionCookieOptions, ExpiryOptions {
  /**
   * At least 32 random bytes as text; or several, newest first: the first seals, all open. To change it
   * on several servers add the new one last, everywhere, and then move it to the front.
   */
  readonly secret: string | readonly string[]
  /** Default: `encrypted`. `signed` is readable by the visitor and whoever sees the cookie. */
  readonly protection?: 'encrypted' | 'signed'
  /** The application that the cookies are for; another one with the same secret cannot read them. Default: `''`. */
  readonly application?: string
  /** Carries what JSON cannot. Default: JSON. */
  readonly serializer?: Serializer
  /** Hears once that a session comes near to what a cookie can hold. Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void
}

/**
 * Keeps the whole session in the cookie, encrypted: nothing to run, nothing to look up. What that cannot
 * give is said by `capabilities`: a copied cookie is good until its sealed end, also after `destroy()`;
 * of parallel requests that write, the last response wins.
 */
export class CookieStore extends SessionStore {
  readonly #cookie: SessionCookie
  readonly #expiry: Expiry
  readonly #seal: Seal
  readonly #serializer: Serializer | undefined
  readonly #warn: (message: string) => void
  #hasWarned = false

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(given: CookieStoreOptions) {
    super()
    const options = ownOptions(given)
    this.#cookie = new SessionCookie(options)
    this.#expiry = new Expiry(options)
    this.#seal = sealOf(options, this.#cookie.name)
    this.#serializer = options.serializer
    this.#warn = options.warn ?? ((message) => process.emitWarning(message, 'SessionWarning'))
  }

  /** Opens the first cookie of the name that is ours and not over; a planted one does not hide it. */
  @Inject(Cookies)
  override load(cookies: Cookies): Session {
    for (const token of cookies.getAll(this.#cookie.name)) {
      const session = this.#open(token)
      if (session) return session
    }
    return new Session(new SessionState({ expiry: this.#expiry, serializer: this.#serializer }))
  }

  /** @throws SessionTooLargeError when the cookie would be larger than browsers take. */
  @Inject(Session)
  override dump(session: Session): Cookie | undefined {
    const step = nextStep(session)
    if (step.kind === 'nothing') return undefined
    if (step.kind === 'destroy') return this.#cookie.clear()
    return this.#close(step.id, step.record)
  }

  #open(token: string): Session | undefined {
    const unsealed = this.#seal.unseal(token)
    const payload = unsealed.ok ? readPayload(unsealed.content) : undefined
    if (!unsealed.ok || !payload || this.#expiry.isOver(payload.metadata)) return undefined
    const state = new SessionState({
      ...payload,
      expiry: this.#expiry,
      serializer: this.#serializer,
    })
    // Sealed again with the newest key, so that the old one can be retired.
    if (unsealed.isOldKey) state.touch()
    return new Session(state)
  }

  #close(id: string, { metadata, fields }: SessionRecord): Cookie {
    const content = writePayload({ id, metadata, fields })
    const size = this.#cookie.name.length + this.#seal.lengthOf(content.length)
    if (size > BUDGET) {
      throw new SessionTooLargeError(
        size,
        BUDGET,
        `Its largest keys: ${largest(fields)}. ${ADVICE}`,
      )
    }
    if (size > BUDGET * 0.8) this.#warnOnce(size, fields)
    return this.#cookie.carry(this.#seal.seal(content), metadata, this.#expiry)
  }

  #warnOnce(size: number, fields: ReadonlyMap<string, string>): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#warn(
      `A session takes ${size} of the ${BUDGET} bytes that its cookie '${this.#cookie.name}' may have. ` +
        `Its largest keys: ${largest(fields)}. ${ADVICE}`,
    )
  }
}

/** Bytes of name and value that browsers take (RFC 6265bis 5.6); a larger cookie is dropped without a word. */
const BUDGET = 4096
const ADVICE = 'Keep less in it, or use a server-side store.'

function sealOf(options: CookieStoreOptions, name: string): Seal {
  const { protection = 'encrypted', application = '' } = options
  const keys = new KeyRing(options.secret, {
    purpose: `session-cookie-${protection}`,
    application,
    name,
  })
  const context = JSON.stringify([application, name])
  return protection === 'signed' ? new SignedSeal(keys, context) : new EncryptedSeal(keys, context)
}

function largest(fields: ReadonlyMap<string, string>): string {
  return [...fields]
    .map(([field, text]) => ({ key: field.slice(2), size: Buffer.byteLength(field + text) }))
    .sort((one, other) => other.size - one.size)
    .slice(0, 3)
    .map(({ key, size }) => `${JSON.stringify(key.slice(0, 40))} (${size} bytes)`)
    .join(', ')
}
