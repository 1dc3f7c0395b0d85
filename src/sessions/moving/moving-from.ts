import {
  aBoolean,
  aFunction,
  anObjectWith,
  checkedElsewhere,
  type OptionRule,
  type OptionRules,
} from '../../di/index.js'
import { CookieStore } from '../cookie-store/cookie-store.js'
import { KeyRing } from '../cookie-store/key-ring.js'
import { SessionOptionError } from '../errors/errors.js'
import { checkGiven, checkNumber, checkSessionOptions, ownOptions } from '../errors/options.js'
import { ServerStore } from '../server-store/server-store.js'
import { SessionWriter } from '../server-store/session-writer.js'
import { LONGEST_LIFETIME } from '../session/expiry.js'
import { SessionStore } from '../store/session-store.js'
import type { Convert, MovedSession } from './moved-session.js'
import { MovingStore, type MovingPolicy } from './moving-store.js'
import type { OldSession, OldSessions } from './systems/old-sessions.js'
import { OurSessions } from './our-sessions.js'
import { CookieHome, DerivedIds, RecordHome } from './take-over.js'

/** How sessions move. */
export interface MovingOptions {
  /**
   * At least 32 random bytes as text, the same on all servers and until the move is over: the new id of a session is
   * derived from the old one with it. Not a secret of the old system.
   */
  readonly secret: string
  /**
   * When the move is over, at most 400 days from now. From then on no old session is taken over. Until then the new
   * store remembers which ones were, so that none comes back after a logout: not later than the last old cookie ends.
   */
  readonly until: Date
  /**
   * Whether the old cookie and the old record stay as they are, but for a logout, so that the old application still
   * knows its visitors when you go back to it. `false` clears and destroys them once a session was taken over.
   * Default: true.
   */
  readonly rollback?: boolean
  /**
   * What an old session becomes; `undefined`: it is left behind. Say here who is logged in, and since when. It runs
   * once for each session that is taken over. Default: the same data and times, and no user.
   */
  readonly session?: Convert
  /** Milliseconds that one call of the old store may take; beyond it the answer is a 503. Default: 1000. */
  readonly timeoutMs?: number
}

/**
 * A store that takes over the sessions that another system left: a visitor who comes with a cookie of the old system,
 * and with no session of the new store, gets the same session there, once. All else is done by the new store.
 *
 * @param old what the old system left: `expressSession(…)`, `cookieSession(…)` and the others; or a store of this
 *   library, whose cookie had another name, or which kept its sessions elsewhere.
 * @param store the new store: a `ServerStore`, such as `RedisStore`, or a `CookieStore`.
 * @throws SessionOptionError when it cannot work.
 */
export function movingFrom(
  old: OldSessions | SessionStore,
  store: ServerStore | CookieStore,
  given: MovingOptions,
): SessionStore {
  checkSessionOptions(given, RULES)
  if (!(old instanceof SessionStore)) checkGiven('old', old, anOld)
  checkGiven('store', store, aNewStore)
  return new MovingStore(
    policyOf(old instanceof SessionStore ? new OurSessions(old) : old, store, given),
  )
}

function policyOf(
  old: OldSessions | OurSessions,
  store: ServerStore | CookieStore,
  given: MovingOptions,
): MovingPolicy {
  const { rollback = true, session = same, timeoutMs = 1000, ...options } = ownOptions(given)
  const { cookieName: name } = store
  if (rollback && old.names.includes(name)) {
    const remedy = 'Give the new store another `name`, or write rollback: false.'
    throw new SessionOptionError(
      'rollback',
      `is not possible: both have the cookie '${name}', and the new one takes the place of the old one. ${remedy}`,
    )
  }
  const until = checkUntil(options.until)
  const keys = new KeyRing(options.secret, { purpose: 'moved-session', application: '', name })
  const ids = new DerivedIds(keys.newest)
  return {
    old,
    store,
    until,
    rollback,
    session,
    timeoutMs: checkNumber('timeoutMs', timeoutMs, { to: 60_000, unit: 'milliseconds' }),
    homeOf: ({ writer }) => {
      if (store instanceof CookieStore) return new CookieHome(store, ids, until)
      return new RecordHome((writer as SessionWriter).records, ids, until)
    },
  }
}

function checkUntil(until: unknown): number {
  const time = until instanceof Date ? until.getTime() : NaN
  if (time <= Date.now() + LONGEST_LIFETIME * 1000) return time
  throw new SessionOptionError('until', 'must be a Date, at most 400 days from now.')
}

const same = (old: OldSession): MovedSession => old

const anOld = anObjectWith(
  'the sessions of another system, such as expressSession({ … }), or a store',
  'find',
)

const aNewStore: OptionRule = {
  isFine: (store) => store instanceof ServerStore || store instanceof CookieStore,
  rule: 'a store of this library, such as new MemoryStore()',
}

const RULES: OptionRules<MovingOptions> = {
  secret: checkedElsewhere,
  until: checkedElsewhere,
  rollback: aBoolean,
  session: aFunction,
  timeoutMs: checkedElsewhere,
}
