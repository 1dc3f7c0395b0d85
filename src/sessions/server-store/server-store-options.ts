import { aFunction, type OptionRules } from '../../di/index.js'
import { SessionOptionError } from '../errors/errors.js'
import { aNumber } from '../errors/options.js'
import { EXPIRY_RULES, type ExpiryOptions } from '../session/expiry.js'
import { aSerializer, type Serializer } from '../session/field-texts.js'
import { isSessionId } from '../session/session-id.js'
import { COOKIE_RULES, type SessionCookieOptions } from '../store/session-cookie.js'

/** How a server-side store keeps sessions; beside these the options of the cookie and of the expiry. */
export interface ServerStoreOptions extends SessionCookieOptions, ExpiryOptions {
  /**
   * Seconds for which an id that `regenerate()` replaced can still read what was there before: for the
   * requests that were under way with it. Default: 10. With 0 it is worthless at once.
   */
  readonly regenerateGrace?: number
  /**
   * Milliseconds for which a request tries to write while others write to the same session; then it fails
   * with a SessionConflictError. Default: 1500.
   */
  readonly conflictTimeoutMs?: number
  /** Bytes that the keys and values of one session may take, so that no visitor fills the backend. Default: 1 MiB. */
  readonly maxSize?: number
  /** Carries what JSON cannot. Default: JSON. */
  readonly serializer?: Serializer
  /** Makes ids: 32 random bytes, base64url. Default: from the random source of the system. */
  readonly newId?: () => string
}

/** What the options of every server-side store take. */
export const SERVER_STORE_RULES: OptionRules<ServerStoreOptions> = {
  ...COOKIE_RULES,
  ...EXPIRY_RULES,
  regenerateGrace: aNumber({ from: 0, to: 300, unit: 'seconds' }),
  conflictTimeoutMs: aNumber({ to: 60_000, unit: 'milliseconds' }),
  maxSize: aNumber({ to: 2 ** 29, unit: 'bytes' }),
  serializer: aSerializer,
  newId: aFunction,
}

/** What `newId` gives, checked: only what is spelled as an id is looked for in a cookie. */
export function checkedIds(newId: () => string): () => string {
  return () => {
    const id: unknown = newId()
    if (isSessionId(id)) return id
    throw new SessionOptionError(
      'newId',
      'has to make ids of 32 random bytes, base64url: 43 characters.',
    )
  }
}
