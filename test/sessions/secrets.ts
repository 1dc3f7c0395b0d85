import { randomBytes } from 'node:crypto'

/** A secret as an application would have it. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** How `util.inspect` would write the first bytes of a buffer. */
export function secretText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 4))
    .toString('hex')
    .replace(/..(?!$)/g, '$& ')
}
