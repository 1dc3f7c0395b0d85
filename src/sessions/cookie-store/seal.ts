import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto'
import { isBuildingSnapshot } from '../session/session-id.js'
import type { KeyRing, RingKey } from './key-ring.js'

/** Why a token was not opened; a bounded list, fit for a metric. */
export type UnsealReason = 'malformed' | 'unknown-version' | 'unknown-key' | 'tampered'

/** What came out of a token. `isOldKey`: another than the newest key made it, so seal it again. */
export type Unsealed = { readonly content: Buffer; readonly isOldKey: boolean } | UnsealReason

/**
 * Makes and opens tokens: text that only the holder of a key can make, and that shows any change. What a token is for
 * is not in it: the key is derived for that alone.
 */
export abstract class Seal {
  readonly #keys: KeyRing
  readonly #version: string
  /** How many bytes a token has beside the content. */
  readonly #overhead: number

  protected constructor(keys: KeyRing, version: string, overhead: number) {
    this.#keys = keys
    this.#version = version
    this.#overhead = overhead
  }

  seal(content: Uint8Array): string {
    const key = this.#keys.newest
    const body = Buffer.concat(this.protect(content, key))
    return this.#version + key.id + body.toString('base64url')
  }

  /** Never throws, whatever it is given. */
  unseal(token: unknown): Unsealed {
    if (typeof token !== 'string' || token.length > LONGEST_TOKEN) return 'malformed'
    if (!token.startsWith(this.#version))
      return /^[\w-]+$/.test(token) ? 'unknown-version' : 'malformed'
    const text = token.slice(HEAD)
    const body = Buffer.from(text, 'base64url')
    if (body.length < this.#overhead || !isSpelling(text, body)) return 'malformed'
    const key = this.#keys.find(token.slice(1, HEAD))
    if (!key) return 'unknown-key'
    const content = this.verify(body, key)
    return content ? { content, isOldKey: key !== this.#keys.newest } : 'tampered'
  }

  /** The length of the token of so many bytes. */
  lengthOf(size: number): number {
    return HEAD + Math.ceil(((this.#overhead + size) * 4) / 3)
  }

  protected abstract protect(content: Uint8Array, key: RingKey): readonly Uint8Array[]

  /** The content of what `protect` made; `undefined` when it was changed. */
  protected abstract verify(body: Buffer, key: RingKey): Buffer | undefined
}

/**
 * Tokens that are encrypted and authenticated with AES-256-GCM. The nonce is 96 random bits: up to 2^32
 * tokens for one key (NIST SP 800-38D, 8.3), after which the secret is to be replaced.
 */
export class EncryptedSeal extends Seal {
  constructor(keys: KeyRing) {
    super(keys, 'e', NONCE + TAG)
  }

  protected override protect(content: Uint8Array, key: RingKey): readonly Uint8Array[] {
    const nonce = newNonce()
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce, GCM)
    // GCM is a stream cipher: `final` adds nothing.
    const sealed = cipher.update(content)
    cipher.final()
    return [nonce, sealed, cipher.getAuthTag()]
  }

  protected override verify(body: Buffer, key: RingKey): Buffer | undefined {
    const end = body.length - TAG
    const decipher = createDecipheriv('aes-256-gcm', key.secret, body.subarray(0, NONCE), GCM)
    decipher.setAuthTag(body.subarray(end))
    const content = decipher.update(body.subarray(NONCE, end))
    try {
      decipher.final()
      return content
    } catch {
      return undefined
    }
  }
}

/** Tokens that are authenticated with HMAC-SHA256, and that everyone can read. */
export class SignedSeal extends Seal {
  constructor(keys: KeyRing) {
    super(keys, 's', MAC)
  }

  protected override protect(content: Uint8Array, key: RingKey): readonly Uint8Array[] {
    return [sign(content, key), content]
  }

  protected override verify(body: Buffer, key: RingKey): Buffer | undefined {
    const content = body.subarray(MAC)
    return timingSafeEqual(body.subarray(0, MAC), sign(content, key)) ? content : undefined
  }
}

function sign(content: Uint8Array, key: RingKey): Buffer {
  return createHmac('sha256', key.secret).update(content).digest()
}

/** Characters of the name of a key; before it stands how the token was made, as one letter. */
const KEY_ID = 6
/** So many characters of a token are the same in all that a key has made. */
export const HEAD = 1 + KEY_ID
const NONCE = 12
const TAG = 16
const MAC = 32
const GCM = { authTagLength: TAG }
/** No browser sends a cookie of more (RFC 6265bis 5.6), so nothing longer costs any cryptography. */
const LONGEST_TOKEN = 4096

/** Random bytes for many tokens, because asking for them costs as much as encrypting a small session. */
const nonces = Buffer.alloc(256 * NONCE)
let used = nonces.length

/**
 * Each is handed out once, and overwritten when all are used: it is to be read before the next one is asked for.
 * None is left over in a start-up snapshot: all processes that begin with it would use the same, and two cookies
 * with one nonce under one key show their contents (NIST SP 800-38D, 8).
 */
function newNonce(): Buffer {
  if (used === nonces.length) {
    if (isBuildingSnapshot()) return randomBytes(NONCE)
    randomFillSync(nonces)
    used = 0
  }
  return nonces.subarray(used, (used += NONCE))
}

/** The letters whose last four, or two, bits are 0. */
const ENDS_OF_TWO = 'AQgw'
const ENDS_OF_THREE = 'AEIMQUYcgkosw048'

/**
 * Whether a text is the one that we would write for the bytes that Node has read in it. Node skips other characters,
 * which makes fewer bytes, takes those of base64, and drops the bits that no byte needs, which are in the last ones.
 */
function isSpelling(text: string, bytes: Buffer): boolean {
  const rest = text.length % 4
  if (rest === 1 || bytes.length !== Math.floor((text.length * 3) / 4)) return false
  if (text.includes('+') || text.includes('/')) return false
  return rest === 0 || (rest === 2 ? ENDS_OF_TWO : ENDS_OF_THREE).includes(text.at(-1)!)
}
