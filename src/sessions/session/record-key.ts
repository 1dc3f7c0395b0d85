import { hash } from 'node:crypto'

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
