import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto'
import { SECRET } from '../system.js'

/** Makes the value of a cookie, and reads what comes back. */
export interface Sealing {
  readonly write: (text: string) => string
  readonly read: (token: string) => string | undefined
}

const KEY = Buffer.from(hkdfSync('sha256', SECRET, '', 'bench', 32))

/** AES-256-GCM. */
export const encrypted: Sealing = {
  write: (text) => {
    const nonce = randomFillSync(Buffer.allocUnsafe(12))
    const cipher = createCipheriv('aes-256-gcm', KEY, nonce)
    const body = cipher.update(text, 'utf8')
    cipher.final()
    return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')
  },
  read: (token) => {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length < 29) return undefined
    const decipher = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, 12))
    decipher.setAuthTag(bytes.subarray(-16))
    try {
      const text = decipher.update(bytes.subarray(12, -16), undefined, 'utf8')
      decipher.final()
      return text
    } catch {
      return undefined
    }
  },
}

/** HMAC-SHA-256 beside the text. */
export const signed: Sealing = {
  write: (text) => {
    const body = Buffer.from(text).toString('base64url')
    return `${body}.${createHmac('sha256', KEY).update(body).digest('base64url')}`
  },
  read: (token) => {
    const dot = token.lastIndexOf('.')
    if (dot === -1) return undefined
    const expected = createHmac('sha256', KEY).update(token.slice(0, dot)).digest()
    const given = Buffer.from(token.slice(dot + 1), 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    return Buffer.from(token.slice(0, dot), 'base64url').toString()
  },
}
