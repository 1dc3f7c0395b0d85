import { aFunction, isThenable, type OptionRules } from '../../di/index.js'
import type { Cookie, Cookies } from '../../http/index.js'
import { isSessionId, keysFor, newSessionId } from '../session/session-id.js'
import type { MaybePromise, SessionBackend } from '../backend/session-backend.js'
import { SessionOptionError } from '../errors/errors.js'
import { Expiry, EXPIRY_RULES, type ExpiryOptions } from '../session/expiry.js'
import { aNumber, checkKnownOptions, ownOptions } from '../errors/options.js'
import { findNewest, type FoundSession } from './find-newest.js'
import { aSerializer, type Serializer } from '../session/field-value.js'
import { COOKIE_RULES, SessionCookie, type SessionCookieOptions } from '../store/session-cookie.js'
import { freshFrom, type Refusal } from '../events/unpublished-event.js'
import { SessionRecords, type Absence, type RecordPolicy } from './session-records.js'
import type { StoredSession } from '../session/record.js'
import { SessionState } from '../session/session-state.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import { stateOf } from '../session/session-view.js'
import { SessionWriter } from './session-writer.js'
import { Session } from '../session/session.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import { RecordSessions } from './record-sessions.js'

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

/**
 * All that server-side stores have in common, over any `SessionBackend`: the cookie holds an id and nothing
 * else, the backend keeps the record under a hash of it. A subclass says in `load` and `dump` what it is
 * injected with.
 */
export abstract class ServerStore extends SessionStore {
  override readonly capabilities: StoreCapabilities = {
    isRevocable: true,
    mergesWrites: true,
    takesOnce: true,
  }
  override readonly cookieName: string
  readonly #policy: RecordPolicy
  readonly #serializer: Serializer | undefined
  readonly #newId: () => string
  /** Most stores have one backend. */
  #records: SessionRecords | undefined
  readonly #recordsOf = new WeakMap<SessionBackend, SessionRecords>()

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: ServerStoreOptions = {}) {
    super()
    checkKnownOptions(options, SERVER_STORE_RULES)
    const own = ownOptions(options)
    const { regenerateGrace = 10, conflictTimeoutMs = 1500, maxSize = 2 ** 20 } = own
    const cookie = new SessionCookie(options)
    this.#policy = {
      expiry: new Expiry(options),
      cookie,
      keyOf: keysFor(cookie.purpose),
      regenerateGrace: regenerateGrace * 1000,
      conflictTimeoutMs,
      maxSize,
    }
    this.cookieName = cookie.name
    this.#serializer = own.serializer
    this.#newId = checkedIds(own.newId ?? newSessionId)
  }

  override looksUp(cookies: Cookies): boolean {
    return this.#idsIn(cookies, []).length > 0
  }

  /** Opens the newest live session that the cookies name. An id that is not ours is never adopted. */
  protected loadFrom(backend: SessionBackend, cookies: Cookies): MaybePromise<Session> {
    const records = this.#recordsIn(backend)
    const refused: Refusal[] = []
    const ids = this.#idsIn(cookies, refused)
    const [id] = ids
    if (id === undefined) return this.#begun(records, refused)
    if (ids.length > 1) {
      return findNewest(records, ids, refused).then((found) =>
        found ? this.#opened(records, found, refused) : this.#begun(records, refused),
      )
    }
    // Nearly every request brings one.
    const key = records.keyOf(id)
    const open = (stored: StoredSession | Absence): Session => {
      if (typeof stored !== 'string')
        return this.#opened(records, { id, key, stored, isOneOfSeveral: false }, refused)
      refused.push({ reason: stored, id })
      return this.#begun(records, refused)
    }
    const found = records.find(key)
    return isThenable(found) ? found.then(open) : open(found)
  }

  #begun(records: SessionRecords, refused: readonly Refusal[]): Session {
    return new Session(
      new SessionState({
        expiry: this.#policy.expiry,
        serializer: this.#serializer,
        newId: this.#newId,
        origin: freshFrom(refused),
        writer: new SessionWriter(records),
      }),
    )
  }

  /**
   * Writes what the request changed, and nothing else.
   *
   * @throws SessionConflictError when other requests were faster again and again, or one regenerated the id.
   */
  protected dumpTo(backend: SessionBackend, session: Session): MaybePromise<Cookie | undefined> {
    const { writer } = stateOf(session)
    const records = writer instanceof SessionWriter ? writer.records : undefined
    // Another store of the most common purpose makes the same keys.
    const isOurs = records?.keyOf === this.#policy.keyOf
    if (isOurs && records?.backend === backend) return (writer as SessionWriter).dump(session)
    throw new TypeError('the session was opened by another store')
  }

  /** What `UserSessions` is made of: the sessions of this request's user, and of others. */
  protected userSessionsIn(backend: SessionBackend, session: Session): UserSessions {
    return new RecordSessions(this.#recordsIn(backend), session)
  }

  #recordsIn(backend: SessionBackend): SessionRecords {
    if (this.#records?.backend === backend) return this.#records
    const records = this.#recordsOf.get(backend) ?? new SessionRecords(backend, this.#policy)
    this.#recordsOf.set(backend, records)
    return (this.#records = records)
  }

  /** The ids to try, a bounded number: each costs a call of the backend. */
  #idsIn(cookies: Cookies, refused: Refusal[]): readonly string[] {
    const sent = this.#policy.cookie.sentIn(cookies)
    if (sent.length === 1 && isSessionId(sent[0])) return sent
    const different = [...new Set(sent)]
    for (const text of different)
      if (!isSessionId(text)) refused.push({ reason: 'malformed', id: text })
    return different.filter(isSessionId).slice(0, MOST_CANDIDATES)
  }

  #opened(
    records: SessionRecords,
    { id, key, stored, isOneOfSeveral }: FoundSession,
    refused: readonly Refusal[],
  ): Session {
    const isReadOnly = stored.notes.replacedUntil !== undefined
    const origin = { type: 'loaded', reason: isReadOnly ? 'replaced' : 'live', refused } as const
    const writer = new SessionWriter(records, key, stored)
    // Named one by one: a spread costs as much as the rest of the constructor.
    const state = new SessionState({
      id,
      metadata: stored.metadata,
      fields: stored.fields,
      serializer: this.#serializer,
      expiry: this.#policy.expiry,
      newId: this.#newId,
      origin,
      isReadOnly,
      takeField: (field, deadline) => writer.takeField(field, deadline),
      writer,
    })
    if (isOneOfSeveral) {
      state.repairs = this.#policy.cookie.repair(id, stored.metadata, this.#policy.expiry)
    }
    return new Session(state)
  }
}

/** A browser sends more than one or two cookies of one name only when somebody planted them. */
const MOST_CANDIDATES = 4

function checkedIds(newId: () => string): () => string {
  return () => {
    const id: unknown = newId()
    if (isSessionId(id)) return id
    throw new SessionOptionError(
      'newId',
      'has to make ids of 32 random bytes, base64url: 43 characters.',
    )
  }
}
