import { Inject, isThenable } from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import {
  aBackend,
  warningsOf,
  type MaybePromise,
  type SessionBackend,
} from '../backend/session-backend.js'
import {
  checkGiven,
  checkKnownOptions,
  checkSessionOptions,
  ownOptions,
} from '../errors/options.js'
import { freshFrom, type Refusal } from '../events/events.js'
import { Expiry } from '../session/expiry.js'
import type { Serializer } from '../session/field-texts.js'
import { isSessionId, keysFor, newSessionId } from '../session/session-id.js'
import { SessionState } from '../session/session-state.js'
import { stateOf } from '../session/session-view.js'
import { Session } from '../session/session.js'
import { SessionCookie } from '../store/session-cookie.js'
import { SessionStore, type StoreCapabilities } from '../store/session-store.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import { findNewest, type Candidate } from './find-newest.js'
import { RecordSessions } from './record-sessions.js'
import { checkedIds, SERVER_STORE_RULES, type ServerStoreOptions } from './server-store-options.js'
import { SessionRecords, type RecordPolicy } from './session-records.js'
import { SessionWriter } from './session-writer.js'

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
    const stored = records.find(key)
    return isThenable(stored)
      ? stored.then((found) => this.#opened(records, { id, key, stored: found }, refused))
      : this.#opened(records, { id, key, stored }, refused)
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

  #opened(records: SessionRecords, found: Candidate, refused: Refusal[]): Session {
    const { id, key, stored } = found
    if (typeof stored === 'string') {
      refused.push({ reason: stored, id })
      return this.#begun(records, refused)
    }
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
    if (found.isOneOfSeveral) {
      state.repairs = this.#policy.cookie.repair(id, stored.metadata, this.#policy.expiry)
    }
    return new Session(state)
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
    const { name, nameOverHttp } = this.#policy.cookie
    const sent = cookies.getAll(name, nameOverHttp)
    if (sent.length === 1 && isSessionId(sent[0])) return sent
    const different = [...new Set(sent)]
    for (const text of different)
      if (!isSessionId(text)) refused.push({ reason: 'malformed', id: text })
    return different.filter(isSessionId).slice(0, MOST_CANDIDATES)
  }
}

/**
 * Keeps sessions in a backend that exists when the application is put together. For one that is made of
 * what the application provides, extend `ServerStore`.
 */
export class BackendStore extends ServerStore {
  /** What the backend promises: all but its `limits`. */
  override readonly capabilities: StoreCapabilities
  /** What the backend cannot promise, and what it finds wrong with itself. */
  override readonly startUpWarnings?: () => Promise<readonly string[]>
  readonly #backend: SessionBackend

  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(backend: SessionBackend, options: ServerStoreOptions = {}) {
    super(options)
    if (new.target === BackendStore) checkSessionOptions(options, SERVER_STORE_RULES)
    checkGiven('backend', backend, aBackend)
    const { limits = [] } = backend
    this.capabilities = {
      isRevocable: !limits.includes('no-revival'),
      mergesWrites: !limits.includes('atomic-replace'),
      takesOnce: !limits.includes('atomic-replace'),
    }
    if (limits.length > 0 || backend.startUpWarnings) {
      const warnings = () => warningsOf(backend)
      this.startUpWarnings = warnings
    }
    this.#backend = backend
  }

  /** What the backend says; of a class it is not known before it is built. */
  override isPartitioned(): boolean {
    return #backend in this && this.#backend.isPartitioned === true
  }

  @Inject(Cookies)
  override load(cookies: Cookies): MaybePromise<Session> {
    return this.loadFrom(this.#backend, cookies)
  }

  @Inject(Session)
  override dump(session: Session): MaybePromise<Cookie | undefined> {
    return this.dumpTo(this.#backend, session)
  }

  @Inject(Session)
  override userSessions(session: Session): UserSessions {
    return this.userSessionsIn(this.#backend, session)
  }
}

/** A browser sends more than one or two cookies of one name only when somebody planted them. */
const MOST_CANDIDATES = 4
