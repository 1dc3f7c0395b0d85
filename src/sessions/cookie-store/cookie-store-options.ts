import type { OptionRules } from '../../di/index.js'
import { aBackend, type SessionBackend } from '../backend/session-backend.js'
import { EXPIRY_RULES, type ExpiryOptions } from '../session/expiry.js'
import { aSerializer, type Serializer } from '../session/field-value.js'
import { SEALED_COOKIE_RULES, type SealedCookieOptions } from './sealed-cookie.js'

/** How a `CookieStore` keeps sessions; beside these the options of the cookie and of the expiry. */
export interface CookieStoreOptions extends SealedCookieOptions, ExpiryOptions {
  /** Carries what JSON cannot. Default: JSON. */
  readonly serializer?: Serializer
  /**
   * Where destroyed sessions are remembered until their cookies expire, so that a copy of a cookie is
   * worthless after `destroy()` or `regenerate()`, and `revokeUser` works. It is read at each load.
   * Default: nowhere.
   */
  readonly revocations?: SessionBackend
}

/** What the options of a `CookieStore` take. */
export const COOKIE_STORE_RULES: OptionRules<CookieStoreOptions> = {
  ...SEALED_COOKIE_RULES,
  ...EXPIRY_RULES,
  serializer: aSerializer,
  revocations: aBackend,
}
