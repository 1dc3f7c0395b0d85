import { CookieStore, type SessionStore } from 'ingot'
import { movingFrom } from 'ingot/moving'

// #region renamed
/** The cookie was `__Host-session`, of this host alone. From now on it is one for all of example.com. */
export function renamed(secret: string, until: Date): SessionStore {
  const before = new CookieStore({ secret })
  const now = new CookieStore({ secret, name: '__Secure-shop', domain: 'example.com' })
  return movingFrom(before, now, { secret, until })
}
// #endregion
