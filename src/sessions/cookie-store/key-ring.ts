import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { SessionOptionError } from '../errors/errors.js'
import type { SessionPurpose } from '../session/session-id.js'

/** What keys are for: a key made for one purpose opens nothing that another has made. */
export interface KeyPurpose extends SessionPurpose {
  /** For example `'session-cookie'`. */
  readonly purpose: string
}

/** A key, and the short public name by which a token says which key made it. */
export interface RingKey {
  readonly id: string
  /** 256 bits, kept in OpenSSL, which spares each use a copy. */
  readonly secret: KeyObject
}

/**
 * The keys of one purpose, newest first. The first makes tokens; all of them open tokens. Secrets are
 * text, at least 32 bytes as UTF-8; keys are derived from them with HKDF-SHA256 (RFC 5869).
 */
export class KeyRing {
  readonly #keys: readonly RingKey[]

  /** @throws SessionOptionError when a secret is missing, short, monotonous, doubled or a placeholder. */
  constructor(secret: string | readonly string[], purpose: KeyPurpose) {
    const secrets = typeof secret === 'string' ? [secret] : secret
    if (!Array.isArray(secrets) || secrets.length === 0) {
      throw new SessionOptionError('secret', `is missing. ${MAKE_ONE}`)
    }
    for (const [index, each] of secrets.entries()) checkSecret(each, index)
    this.#keys = secrets.map((each: string) => derive(each, purpose))
    if (new Set(this.#keys.map((key) => key.id)).size < this.#keys.length) {
      throw new SessionOptionError('secret', 'lists the same secret twice.')
    }
  }

  /** The key that makes tokens. */
  get newest(): RingKey {
    return this.#keys[0] as RingKey
  }

  /** The key of that id; the id selects only, the token's tag decides. */
  find(id: string): RingKey | undefined {
    return this.#keys.find((key) => key.id === id)
  }
}

/** Below this a secret can be guessed offline from one cookie: 256 bits (OWASP ASVS 5.0, 11.2.3 asks for 128). */
const SHORTEST_SECRET = 32
const MAKE_ONE = `Make one, and keep it in the environment: node -p "crypto.randomBytes(32).toString('hex')"`
const PLACEHOLDER =
  /change[-_ ]?me|replace[-_ ]?(me|this)|your[-_ ]?secret|keyboard[-_ ]?cat|default[-_ ]?secret|some[-_ ]?secret|placeholder/i

function checkSecret(secret: unknown, index: number): void {
  const refuse = (reason: string): never => {
    throw new SessionOptionError(
      'secret',
      `${index === 0 ? '' : `(number ${index + 1}) `}${reason}`,
    )
  }
  if (typeof secret !== 'string') return refuse('must be text.')
  const length = Buffer.byteLength(secret)
  if (length < SHORTEST_SECRET) {
    refuse(`has ${length} bytes and needs at least ${SHORTEST_SECRET} random ones. ${MAKE_ONE}`)
  }
  // A newline that an editor or `echo` left: two servers would differ and refuse each other's cookies.
  if (secret !== secret.trim()) refuse('begins or ends with white space; remove it.')
  if (new Set(secret).size < 5) refuse(`repeats a few characters. ${MAKE_ONE}`)
  if (PLACEHOLDER.test(secret)) refuse(`is a placeholder. ${MAKE_ONE}`)
}

/** Length-prefixed, so that no two purposes can be written the same way. */
function derive(secret: string, { purpose, application, name }: KeyPurpose): RingKey {
  const parts = ['ingot', purpose, application, name]
  const info = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')
  const expanded = Buffer.from(hkdfSync('sha256', secret, '', info, 36))
  return {
    id: expanded.subarray(32).toString('base64url'),
    secret: createSecretKey(expanded.subarray(0, 32)),
  }
}
