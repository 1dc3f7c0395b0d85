import type { Cookie, Cookies } from '../../../http/index.js'
import type { RefusalReason } from '../../events/events.js'
import type { SessionRecord } from '../../store/next-step.js'

/** A session as its old system kept it. */
export interface OldSession {
  /** Its data, without what the old system keeps among it for itself. */
  readonly data: Readonly<Record<string, unknown>>
  /** When it began, where the old system says so. */
  readonly createdAt?: Date | undefined
  /** When it was last used or saved, where the old system says so. */
  readonly seenAt?: Date | undefined
}

/** The sessions of another system, as `movingFrom` reads them. Write one for a system that is not listed. */
export interface OldSessions {
  /** The names of its cookies. */
  readonly names: readonly string[]

  /**
   * What the cookies of a request name, in their order; a bounded number. It verifies what was signed or sealed, and
   * gives a reason for a cookie that is broken, changed or foreign. It must throw when it cannot tell.
   */
  find(cookies: Cookies): Promise<readonly (NamedSession | RefusedCookie)[]>
}

/** A cookie of the old system that opens nothing. */
export interface RefusedCookie {
  readonly reason: RefusalReason
  /** The cookie as it was sent; events show a keyed hash of it. */
  readonly text: string
}

/** An old session that a verified cookie names. */
export interface NamedSession {
  /** The cookie as it was sent; events show a keyed hash of it. */
  readonly text: string
  /**
   * What names this session and no other: the id, or a sealed cookie that no two visitors can have. `undefined` when
   * there is nothing of the kind: then it is taken over by each request that brings it.
   */
  readonly key: string | undefined

  /**
   * Its content, or why there is none. It must throw when it cannot tell.
   *
   * @param now the time by the clock of the new store, in milliseconds since 1970.
   */
  read(now: number): Promise<OldSession | SessionRecord | RefusalReason>

  /** Destroys what the old system keeps of it. Gives the cookies that make the browser forget it. */
  end(): Promise<readonly Cookie[]>
}

/** Whose cookies a browser sends more than a few of were planted, and each costs a signature. */
export const MOST_CANDIDATES = 4
