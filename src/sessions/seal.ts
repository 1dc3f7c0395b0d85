import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import type { KeyRing, RingKey } from './key-ring.js'

/** Why a token was not opened; a bounded list, fit for a metric. */
export type UnsealFault = 'malformed' | 'unknown-version' | 'unknown-key' | 'tampered'

/** What came out of a token. `isOldKey`: another than the newest key made it, so seal it again. */
export type Unsealed =
  | { readonly ok: true; readonly content: Buffer; readonly isOldKey: boolean }
  | { readonly ok: false; readonly reason: UnsealFault }

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
  readonly #context: Buffer

  /** @param context is authenticated with every token; the token does not carry it. */
  constructor(keys: KeyRing, context: string) {
    this.#keys = keys
    this.#context = Buffer.from(context)
  }

  seal(content: Uint8Array): string {
    const key = this.#keys.newest
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG })
    cipher.setAAD(this.#head(ENCRYPTED, key))
    const sealed = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()])
    return write(ENCRYPTED, key, Buffer.concat([nonce, sealed]))
  }

  unseal(token: unknown): Unsealed {
    return open(token, ENCRYPTED, this.#keys, NONCE + TAG, (body, key) => {
      const nonce = body.subarray(0, NONCE)
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG })
      decipher.setAAD(this.#head(ENCRYPTED, key))
      decipher.setAuthTag(body.subarray(-TAG))
      try {
        return Buffer.concat([decipher.update(body.subarray(NONCE, -TAG)), decipher.final()])
      } catch {
        return undefined
      }
    })
  }

  lengthOf(size: number): number {
    return HEAD + Math.ceil(((NONCE + TAG + size) * 4) / 3)
  }

  #head(version: string, key: RingKey): Buffer {
    return Buffer.concat([Buffer.from(version + key.id), this.#context])
  }
}

/** Tokens that are authenticated with HMAC-SHA256, and that everyone can read. */
export class SignedSeal implements Seal {
  readonly #keys: KeyRing
  readonly #context: Buffer

  /** @param context is authenticated with every token; the token does not carry it. */
  constructor(keys: KeyRing, context: string) {
    this.#keys = keys
    this.#context = Buffer.from(context)
  }

  seal(content: Uint8Array): string {
    const key = this.#keys.newest
    return write(SIGNED, key, Buffer.concat([this.#sign(key, content), content]))
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
    const length = Buffer.from(`${SIGNED}${key.id}${this.#context.length}:`)
    return createHmac('sha256', key.bytes)
      .update(length)
      .update(this.#context)
      .update(content)
      .digest()
  }
}

/** The first character of a token: how it was made. A kind that a seal does not make is refused. */
const ENCRYPTED = 'e'
const SIGNED = 's'
const KEY_ID = 6
const HEAD = 1 + KEY_ID
const NONCE = 12
const TAG = 16
const MAC = 32
/** No browser sends a cookie of more (RFC 6265bis 5.6), so nothing longer costs any cryptography. */
const LONGEST_TOKEN = 4096

function write(version: string, key: RingKey, body: Buffer): string {
  return version + key.id + body.toString('base64url')
}

function open(
  token: unknown,
  version: string,
  keys: KeyRing,
  shortest: number,
  verify: (body: Buffer, key: RingKey) => Buffer | undefined,
): Unsealed {
  if (typeof token !== 'string' || token.length > LONGEST_TOKEN || !/^[\w-]+$/.test(token)) {
    return { ok: false, reason: 'malformed' }
  }
  if (!token.startsWith(version)) return { ok: false, reason: 'unknown-version' }
  const encoded = token.slice(HEAD)
  const body = Buffer.from(encoded, 'base64url')
  // Node ignores stray bits at the end; only the spelling that we would write is accepted.
  if (body.length < shortest || body.toString('base64url') !== encoded) {
    return { ok: false, reason: 'malformed' }
  }
  const key = keys.find(token.slice(1, HEAD))
  if (!key) return { ok: false, reason: 'unknown-key' }
  const content = verify(body, key)
  if (!content) return { ok: false, reason: 'tampered' }
  return { ok: true, content, isOldKey: key !== keys.newest }
}
