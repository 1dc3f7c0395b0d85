import { SessionOptionError } from '../errors/errors.js'
import { aFunction, checkedElsewhere, type OptionRules } from '../../di/index.js'
import { checkNumber, ownOptions } from '../errors/options.js'

/** How long sessions live. Both limits are enforced by the server at each load, whatever the cookie says. */
export interface ExpiryOptions {
  /**
   * Seconds without a request after which a session expires. Default: 1800, the upper end of what OWASP's
   * Session Management Cheat Sheet gives for low risk (15-30 minutes); NIST SP 800-63B-4 AAL2 allows 3600.
   */
  readonly idleTimeout?: number
  /**
   * Seconds after the start, or the last authentication, after which a session expires however active it is.
   * Default: 28800, the upper end of OWASP's 4-8 hours; NIST SP 800-63B-4 AAL2 allows 24 hours.
   */
  readonly absoluteTimeout?: number
  /**
   * Seconds for which a noted activity is not noted again; the idle timeout may come early by as much.
   * Default: a tenth of `idleTimeout`.
   */
  readonly touchInterval?: number
  /** The current time in milliseconds since 1970. Default: `Date.now`. */
  readonly clock?: () => number
}

/** What the options of the expiry take; the durations are checked by `Expiry`. */
export const EXPIRY_RULES: OptionRules<ExpiryOptions> = {
  idleTimeout: checkedElsewhere,
  absoluteTimeout: checkedElsewhere,
  touchInterval: checkedElsewhere,
  clock: aFunction,
}

/** The facts of a session beside its data; never kept among the data. */
export interface SessionMetadata {
  /** When the session began, in milliseconds since 1970. */
  readonly createdAt: number
  /** The last noted activity, in milliseconds since 1970. */
  readonly seenAt: number
  /** The last declared authentication, in milliseconds since 1970. It restarts the absolute limit. */
  readonly authenticatedAt?: number | undefined
  /** A lifetime of its own ("remember me"), in seconds, in place of both limits. */
  readonly lifetime?: number | undefined
  /**
   * The last moment at which a cookie that carries the session may still be good, where its lifetime was
   * shortened since: so long its end has to be remembered. In milliseconds since 1970.
   */
  readonly reach?: number | undefined
  /** What `revokeUser` had written for the user at the login; the cookie is good until it writes another. */
  readonly epoch?: string | undefined
  /** Whose session it is: given to `session.bind`. */
  readonly userId?: string | undefined
  /** How its user recognises it: given to `session.bind`. */
  readonly label?: string | undefined
  /** The version of its data: the option `version` of `sessions()`. */
  readonly dataVersion?: number | undefined
}

/** The metadata that differ; what was removed is there with `undefined`. */
export function changedMetadata(
  before: SessionMetadata,
  after: SessionMetadata,
): Partial<SessionMetadata> {
  const changed: Partial<Record<keyof SessionMetadata, unknown>> = {}
  for (const name of Object.keys({ ...before, ...after }) as (keyof SessionMetadata)[]) {
    if (after[name] !== before[name]) changed[name] = after[name]
  }
  return changed as Partial<SessionMetadata>
}

/**
 * Whether what a store gave back are the times and facts of a session. Planted or damaged ones would make
 * a session that never ends, or an owner that is no text.
 */
export function isMetadata(value: unknown): value is SessionMetadata {
  if (typeof value !== 'object' || value === null) return false
  const { createdAt, seenAt, authenticatedAt = 0, reach = 0, ...more } = value as SessionMetadata
  const { lifetime, dataVersion, epoch = '', userId = '', label = '' } = more
  return (
    [createdAt, seenAt, authenticatedAt, reach].every(Number.isFinite) &&
    [epoch, userId, label].every((text) => typeof text === 'string') &&
    areLimitsFine(lifetime, dataVersion)
  )
}

/** Whether a lifetime and a version are such as `remember` and the option `version` take. */
export function areLimitsFine(lifetime = 1, dataVersion = 1): boolean {
  return isWhole(lifetime, LONGEST_LIFETIME) && isWhole(dataVersion, Number.MAX_SAFE_INTEGER)
}

function isWhole(value: number, largest: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= largest
}

/** The order of several sessions of one visitor: by their login or start, then by their activity. */
export function newestFirst(one: SessionMetadata, other: SessionMetadata): number {
  const startOf = ({ authenticatedAt, createdAt }: SessionMetadata) => authenticatedAt ?? createdAt
  return startOf(other) - startOf(one) || other.seenAt - one.seenAt
}

/** RFC 6265bis caps the life of a cookie at 400 days; a session outliving its cookie helps nobody. */
export const LONGEST_LIFETIME = 400 * 86_400

/** Idle timeout and absolute lifetime, together. */
export class Expiry {
  readonly idleTimeout: number
  readonly absoluteTimeout: number
  readonly touchInterval: number
  readonly clock: () => number

  /** @throws SessionOptionError when a duration is not a whole number of seconds from 1 to 400 days. */
  constructor(options: ExpiryOptions = {}) {
    const own = ownOptions(options)
    this.idleTimeout = checkDuration('idleTimeout', own.idleTimeout ?? 1800)
    const absolute = own.absoluteTimeout ?? Math.max(28_800, this.idleTimeout)
    this.absoluteTimeout = checkDuration('absoluteTimeout', absolute)
    const interval = own.touchInterval ?? Math.ceil(this.idleTimeout / 10)
    this.touchInterval = checkDuration('touchInterval', interval)
    this.clock = own.clock ?? Date.now
    this.#assertFits('idleTimeout', 'absoluteTimeout')
    this.#assertFits('touchInterval', 'idleTimeout')
  }

  #assertFits(option: 'idleTimeout' | 'touchInterval', limit: 'absoluteTimeout' | 'idleTimeout') {
    if (this[option] <= this[limit]) return
    throw new SessionOptionError(option, `is longer than '${limit}' (${this[limit]} seconds).`)
  }

  /** When the session ends if nothing more happens, in milliseconds since 1970. */
  endOf(metadata: SessionMetadata): number {
    return Math.min(
      metadata.seenAt + (metadata.lifetime ?? this.idleTimeout) * 1000,
      this.limitOf(metadata),
    )
  }

  /** When the session ends whatever happens, in milliseconds since 1970. */
  limitOf(metadata: SessionMetadata): number {
    const start = metadata.authenticatedAt ?? metadata.createdAt
    return start + (metadata.lifetime ?? this.absoluteTimeout) * 1000
  }

  /** How long to keep a record, in milliseconds from now: the clock of the backend does not matter. */
  timeToLive(metadata: SessionMetadata): number {
    return Math.max(1, Math.ceil(this.endOf(metadata) - this.clock()))
  }

  /** Whether the session has expired. At the very millisecond of its end it has. */
  isOver(metadata: SessionMetadata, now = this.clock()): boolean {
    return now >= this.endOf(metadata)
  }

  /** Why the times of a session open none, if they do not. */
  refusal(metadata: SessionMetadata, now = this.clock()): ExpiryRefusal | undefined {
    const { createdAt, seenAt, authenticatedAt = 0 } = metadata
    // After a clock was set back, a session of the time before would live past its limits by as much.
    if (Math.max(createdAt, seenAt, authenticatedAt) > now + CLOCK_SKEW) return 'future'
    if (!this.isOver(metadata, now)) return undefined
    return now >= this.limitOf(metadata) ? 'expired-absolute' : 'expired-idle'
  }

  /** Whether activity is to be noted again. */
  isTouchDue(metadata: SessionMetadata, now = this.clock()): boolean {
    return now >= metadata.seenAt + this.touchInterval * 1000
  }
}

/**
 * A duration of a session as it was given.
 *
 * @throws SessionOptionError when it is not a whole number of seconds from 1 to 400 days.
 */
export function checkDuration(option: string, seconds: unknown): number {
  return checkNumber(option, seconds, {
    to: LONGEST_LIFETIME,
    toInWords: '400 days',
    unit: 'seconds',
  })
}

/** One of its limits was reached, or its times are ahead of the clock. */
export type ExpiryRefusal = 'expired-absolute' | 'expired-idle' | 'future'

/** By how much the clocks of servers may differ, in milliseconds. */
export const CLOCK_SKEW = 60_000
