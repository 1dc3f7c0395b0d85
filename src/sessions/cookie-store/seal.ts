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
export type Unsealed =
  | { readonly ok: true; readonly content: Buffer; readonly isOldKey: boolean }
  | { readonly ok: false; readonly reason: UnsealReason }

/** Makes and opens tokens: text that only the holder of a key can make, and that shows any change. */
export interface Seal {
  seal(content: Uint8Array): string
  /** Never throws, whatever it is given. */
  unseal(token: unknown): Unsealed
  /** The length of the token of so many bytes. */
  lengthOf(size: number): number
}

/**
 * Tokens that are encrypted and authenticated with AES-256-GCM. The nonce is 96 random bits: up to 2^32
 * tokens for one key (NIST SP 800-38D, 8.3), after which the secret is to be replaced.
 */
export class EncryptedSeal implements Seal {
  readonly #keys: KeyRing
  readonly #heads: Heads

  /** @param context is authenticated with every token; the token does not carry it. */
  constructor(keys: KeyRing, context: string) {
    this.#keys = keys
    this.#heads = new Heads((key) => ENCRYPTED + key.id + context)
  }

  seal(content: Uint8Array): string {
    const key = this.#keys.newest
    const nonce = newNonce()
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce, GCM)
    cipher.setAAD(this.#heads.of(key))
    // GCM is a stream cipher: `final` adds nothing.
    const sealed = cipher.update(content)
    cipher.final()
    return write(ENCRYPTED, key, [nonce, sealed, cipher.getAuthTag()])
  }

  unseal(token: unknown): Unsealed {
    return open(token, ENCRYPTED, this.#keys, NONCE + TAG, (body, key) => {
      const end = body.length - TAG
      const decipher = createDecipheriv('aes-256-gcm', key.secret, body.subarray(0, NONCE), GCM)
      decipher.setAAD(this.#heads.of(key))
      decipher.setAuthTag(body.subarray(end))
      const content = decipher.update(body.subarray(NONCE, end))
      try {
        decipher.final()
        return content
      } catch {
        return undefined
      }
    })
  }

  lengthOf(size: number): number {
    return HEAD + Math.ceil(((NONCE + TAG + size) * 4) / 3)
  }
}

/** Tokens that are authenticated with HMAC-SHA256, and that everyone can read. */
export class SignedSeal implements Seal {
  readonly #keys: KeyRing
  readonly #heads: Heads

  /** @param context is authenticated with every token; the token does not carry it. */
  constructor(keys: KeyRing, context: string) {
    this.#keys = keys
    const length = Buffer.byteLength(context)
    this.#heads = new Heads((key) => `${SIGNED}${key.id}${length}:${context}`)
  }

  seal(content: Uint8Array): string {
    const key = this.#keys.newest
    return write(SIGNED, key, [this.#sign(key, content), content])
  }

  unseal(token: unknown): Unsealed {
    return open(token, SIGNED, this.#keys, MAC, (body, key) => {
      const content = body.subarray(MAC)
      return timingSafeEqual(body.subarray(0, MAC), this.#sign(key, content)) ? content : undefined
    })
  }

  lengthOf(size: number): number {
    return HEAD + Math.ceil(((MAC + size) * 4) / 3)
  }

  #sign(key: RingKey, content: Uint8Array): Buffer {
    const hmac = createHmac('sha256', key.secret)
    return hmac.update(this.#heads.of(key)).update(content).digest()
  }
}

/** What is authenticated with every token of a key and is not in it: made once for each key. */
class Heads {
  readonly #made = new Map<RingKey, Buffer>()
  readonly #make: (key: RingKey) => string

  constructor(make: (key: RingKey) => string) {
    this.#make = make
  }

  of(key: RingKey): Buffer {
    let head = this.#made.get(key)
    if (!head) this.#made.set(key, (head = Buffer.from(this.#make(key))))
    return head
  }
}

/** The first character of a token: how it was made. A kind that a seal does not make is refused. */
const ENCRYPTED = 'e'
const SIGNED = 's'
const KEY_ID = 6
/** So many characters of a token are the same in all that a key has made. */
export const HEAD = 1 + KEY_ID
const NONCE = 12
const TAG = 16
const MAC = 32
const GCM = { authTagLength: TAG }
/** No browser sends a cookie of more (RFC 6265bis 5.6), so nothing longer costs any cryptography. */
const LONGEST_TOKEN = 4096

function write(version: string, key: RingKey, parts: readonly Uint8Array[]): string {
  return version + key.id + Buffer.concat(parts).toString('base64url')
}

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

function open(
  token: unknown,
  version: string,
  keys: KeyRing,
  shortest: number,
  verify: (body: Buffer, key: RingKey) => Buffer | undefined,
): Unsealed {
  if (typeof token !== 'string' || token.length > LONGEST_TOKEN)
    return { ok: false, reason: 'malformed' }
  if (!token.startsWith(version))
    return { ok: false, reason: /^[\w-]+$/.test(token) ? 'unknown-version' : 'malformed' }
  const text = token.slice(HEAD)
  const body = Buffer.from(text, 'base64url')
  if (body.length < shortest || !isSpelling(text, body)) return { ok: false, reason: 'malformed' }
  const key = keys.find(token.slice(1, HEAD))
  if (!key) return { ok: false, reason: 'unknown-key' }
  const content = verify(body, key)
  if (!content) return { ok: false, reason: 'tampered' }
  return { ok: true, content, isOldKey: key !== keys.newest }
}

/**
 * Whether a text is the one that we would write for the bytes that Node has read in it. Node skips other characters,
 * which makes fewer bytes, takes those of base64, and drops the bits that no byte needs, which are in the last ones.
 */
function isSpelling(text: string, bytes: Buffer): boolean {
  const rest = text.length % 4
  if (rest === 1 || bytes.length !== Math.floor((text.length * 3) / 4)) return false
  if (text.includes('+') || text.includes('/')) return false
  return rest === 0 || text.endsWith(bytes.toString('base64url', bytes.length - rest + 1))
}
