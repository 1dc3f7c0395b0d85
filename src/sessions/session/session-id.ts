import crypto, { randomBytes } from 'node:crypto'
import { SessionOptionError } from '../errors/errors.js'

// Not imported by its name: a Node without it could not say that it is too old.
const { hash } = crypto

/**
 * A new id: 256 bits of the system's random source, 43 characters of base64url. OWASP asks for 128
 * bits and NIST SP 800-63B-4 for 64.
 */
export function newSessionId(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * A new id, given those that the session has or had.
 *
 * @throws SessionOptionError when it is one of them: nothing would be regenerated, or a dead id come back.
 */
export function assertNew(id: string, known: readonly (string | undefined)[]): string {
  if (!known.includes(id)) return id
  throw new SessionOptionError(
    'newId',
    'gave an id that this session has had already. It has to give 32 new random bytes each time.',
  )
}

/**
 * Whether a text is spelled as an id of ours. Checked before a store is asked, so that nothing else
 * reaches it. The last character carries four bits, so only sixteen are possible: one id, one spelling.
 */
export function isSessionId(text: unknown): text is string {
  return typeof text === 'string' && /^[\w-]{42}[AEIMQUYcgkosw048]$/.test(text)
}

/** What sessions are for. An id that was made for one purpose is worthless for another. */
export interface SessionPurpose {
  readonly application: string
  /** The name of the cookie. */
  readonly name: string
}

/** Of sessions for which nothing else was said. */
export const DEFAULT_PURPOSE: SessionPurpose = { application: '', name: '__Host-session' }

/**
 * The key under which a backend keeps a session, or the sessions of a user: SHA-256 of the id, base64url.
 * A dump of the backend, its log or its monitor shows nothing that works as a cookie.
 *
 * Not keyed: the id is 256 random bits, so there is nothing to guess, and a key would be one more secret
 * to give to each server and to lose all sessions by. (Who can write to the backend needs no id at all.)
 */
export function recordKey(id: string): string {
  return hash('sha256', id, 'base64url')
}

/** Makes the keys of one purpose of ids, and of users. */
export type KeyOf = (id: string) => string

/**
 * The keys of one purpose. Without that, visitors who send their own id under the cookie name of the
 * administrators, or to another application on the same Redis, would be let in by a record that was made for
 * something else. The most common purpose does not pay for the others.
 */
export function keysFor({ application, name }: SessionPurpose): KeyOf {
  if (application === DEFAULT_PURPOSE.application && name === DEFAULT_PURPOSE.name) return recordKey
  // As JSON no two purposes are written the same way.
  const mask = hash('sha256', JSON.stringify(['ingot', application, name]), 'buffer')
  // To reach a record of another purpose, an id would be needed whose hash is a given one.
  return (id) => {
    const bytes = hash('sha256', id, 'buffer')
    for (const [index, byte] of mask.entries()) bytes[index]! ^= byte
    return bytes.toString('base64url')
  }
}

/** The hash of the id alone, for a key that was made of it: what events go by. */
export function recordKeyOf(key: string, keyOf: KeyOf): string {
  if (keyOf === recordKey) return key
  // Two keys of one text differ by the mask of their purpose, as the two of any other text do.
  const [masked, plain] = [Buffer.from(keyOf(''), 'base64url'), hash('sha256', '', 'buffer')]
  const bytes = Buffer.from(key, 'base64url')
  for (const [index, byte] of masked.entries()) bytes[index]! ^= byte ^ plain[index]!
  return bytes.toString('base64url')
}

/**
 * Whether a start-up snapshot is being built: random bytes that are kept in it would be the same in all processes that
 * begin with it. Not every runtime has the module, so it is not imported.
 */
export function isBuildingSnapshot(): boolean {
  return process.getBuiltinModule('node:v8')?.startupSnapshot?.isBuildingSnapshot() ?? false
}
