import { hash } from 'node:crypto'
import type { SessionBackend, SessionIndex } from './session-backend.js'

/** What sessions are for. An id that was made for one purpose is worthless for another. */
export interface SessionPurpose {
  readonly application: string
  /** The name of the cookie. */
  readonly name: string
}

/** Of sessions for which nothing else was said. */
export const DEFAULT_PURPOSE: SessionPurpose = { application: '', name: '__Host-session' }

/**
 * The backends of one store, with keys that depend on the purpose of its sessions. Without that, visitors who
 * send their own id under the cookie name of the administrators, or to another application on the same Redis,
 * would be let in by a record that was made for something else.
 */
export class BoundBackends {
  readonly #mask: Uint8Array | undefined
  readonly #bound = new WeakMap<SessionBackend, SessionBackend>()

  constructor({ application, name }: SessionPurpose) {
    const isDefault = application === DEFAULT_PURPOSE.application && name === DEFAULT_PURPOSE.name
    // As JSON no two purposes are written the same way.
    const purpose = JSON.stringify(['ingot', application, name])
    // Without a mask the keys stay as they are: the most common purpose need not pay for the others.
    this.#mask = isDefault ? undefined : hash('sha256', purpose, 'buffer')
  }

  of(backend: SessionBackend): SessionBackend {
    if (!this.#mask) return backend
    const known = this.#bound.get(backend)
    if (known) return known
    const mask = this.#mask
    const bound = boundBackend(backend, (key) => masked(key, mask))
    this.#bound.set(backend, bound)
    return bound
  }
}

/**
 * A key is the SHA-256 of an id, and the mask one of a purpose. To reach a record of another purpose, an id
 * would be needed whose hash is a given one. Masking twice gives the key back, so what an index lists can be
 * asked for by the name that the store knows.
 */
function masked(key: string, mask: Uint8Array): string {
  const bytes = Buffer.from(key, 'base64url')
  for (let index = 0; index < bytes.length; index += 1) bytes[index]! ^= mask[index]!
  return bytes.toString('base64url')
}

/** What comes after the key goes on as it is, whatever a version of the contract adds there. */
function boundBackend(backend: SessionBackend, mask: (key: string) => string): SessionBackend {
  const { limits, isPartitioned, index } = backend
  return {
    ...(limits && { limits }),
    ...(isPartitioned !== undefined && { isPartitioned }),
    read: (key, ...rest) => backend.read(mask(key), ...rest),
    create: (key, ...rest) => backend.create(mask(key), ...rest),
    patch: (key, ...rest) => backend.patch(mask(key), ...rest),
    touch: (key, ...rest) => backend.touch(mask(key), ...rest),
    destroy: (key, ...rest) => backend.destroy(mask(key), ...rest),
    ...(backend.confirm && { confirm: (...given) => backend.confirm!(...given) }),
    ...(index && { index: boundIndex(index, mask) }),
  }
}

function boundIndex(index: SessionIndex, mask: (key: string) => string): SessionIndex {
  return {
    add: (user, key, ...rest) => index.add(mask(user), mask(key), ...rest),
    remove: (user, key, ...rest) => index.remove(mask(user), mask(key), ...rest),
    list: async (user, ...rest) => (await index.list(mask(user), ...rest)).map(mask),
  }
}
