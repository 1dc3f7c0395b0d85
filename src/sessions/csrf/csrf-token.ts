import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { noteRemedy } from '../../di/index.js'
import { SESSIONS_REMEDY, type AnySession } from '../session/session-view.js'

/**
 * A token that only pages of this application can know, bound to the session: ask for it by type, put its
 * `value` into a form, and let `csrfTokenGuard` check it. It changes with the id of the session, so at each
 * login. Nothing is stored for it, and no secret is needed: its key is the id of the session, which has
 * to be as hard to guess as those of the built-in stores are.
 */
export class CsrfToken {
  readonly #session: AnySession

  /** Needed by hand only for sessions with a token of their own: `sessions(store, { as: adminSession })`. */
  constructor(session: AnySession) {
    this.#session = session
  }

  /**
   * What goes into the page. It reads differently each time, so that a compressed page gives nothing away
   * (BREACH, CVE-2013-3587). For a visitor without a session it is of use only if one begins in this request.
   */
  get value(): string {
    const mask = randomBytes(BYTES)
    return Buffer.concat([mask, masked(mac(this.#session), mask)]).toString('base64url')
  }

  /**
   * Whether a text is the token of this session, whatever it is that was sent. Takes as long for a wrong
   * one as for the right one (CWE-208), and never throws.
   */
  verify(text: unknown): boolean {
    if (typeof text !== 'string' || !SHAPE.test(text)) return false
    const bytes = Buffer.from(text, 'base64url')
    const sent = masked(bytes.subarray(BYTES), bytes.subarray(0, BYTES))
    return timingSafeEqual(sent, mac(this.#session))
  }
}

noteRemedy(CsrfToken, SESSIONS_REMEDY)

/** Of the mask, and of the masked HMAC. */
const BYTES = 32

/** 64 bytes in base64url. The last character carries two bits, so only four are possible: one spelling. */
const SHAPE = /^[\w-]{85}[AQgw]$/

function mac({ id }: AnySession): Buffer {
  return createHmac('sha256', id).update('ingot csrf token').digest()
}

function masked(bytes: Uint8Array, mask: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ mask[index]!))
}
