import { SessionClosedError, SessionReadOnlyError } from '../errors/errors.js'
import { notKeptError } from '../errors/usage-error.js'
import { checkDuration, type Expiry, type SessionMetadata } from './expiry.js'
import type { FieldChanges } from './field-changes.js'
import { Fields } from './fields.js'
import { newSessionId } from './session-id.js'
import { NOTHING_PENDING, type PendingWrite } from './pending-write.js'
import {
  freshFrom,
  type UnpublishedEvent,
  type SessionOrigin,
} from '../events/unpublished-event.js'
import type { PersistedAs, StateOptions } from './state-options.js'

/** What is the case with a session at the end of a request. */
export type SessionStatus = 'new' | 'clean' | 'changed' | 'regenerated' | 'destroyed'

/** What a store sees of a session: everything that is private to the handler's side of it. */
export class SessionState {
  readonly fields: Fields
  readonly expiry: Expiry | undefined
  readonly isReadOnly: boolean
  /** What a custom store keeps; `undefined` when a built-in store opened it. */
  readonly persistedAs: PersistedAs | undefined
  /** What a custom store's dump has read; given by the component while it is under way. */
  dumpReads: Set<'data' | 'record'> | undefined
  /** See `StateOptions.takeField`; the component puts its deadline around it. */
  takeField: ((field: string) => Promise<string | undefined>) | undefined
  /** Dumps early; given by the component for the time of the request. */
  commit: (() => Promise<void>) | undefined
  /** How it came to be opened; `undefined` when a custom store did not say. */
  origin: SessionOrigin | undefined
  /** Hears what a store did with the session; given by the component while somebody listens to events. */
  emit: ((news: UnpublishedEvent) => void) | undefined
  /** Counts the dumps that were given up: what one of them still brings about has to be undone. */
  abandonedDumps = 0
  /** See `StateOptions.keeper`. */
  readonly writer: object | undefined
  readonly #newId: () => string
  #id: string | undefined
  #storedId: string | undefined
  /** The id that `destroy()` ended; the store has to forget it. */
  #endedId: string | undefined
  #metadata: SessionMetadata | undefined
  #storedMetadata: SessionMetadata | undefined
  #isTouched = false
  #isAuthenticated = false
  #isLifetimeChanged = false
  #isClosed = false
  #mark: PendingWrite = NOTHING_PENDING
  /** Which life this is: `destroy()` begins another. */
  #generation = 0

  constructor(options: StateOptions = {}) {
    this.#id = this.#storedId = options.id
    this.#newId = options.newId ?? newSessionId
    this.expiry = options.expiry
    this.persistedAs = options.persistedAs ?? (options.expiry ? undefined : 'unknown')
    this.#metadata = this.#storedMetadata = options.metadata ?? this.#begin()
    this.fields = new Fields(options.fields ?? new Map(), options.serializer)
    this.isReadOnly = options.isReadOnly ?? false
    this.origin = options.origin
    this.takeField = options.takeField
    this.writer = options.writer
  }

  /** Minted when it is first asked for: an anonymous visit costs no random bytes. */
  get id(): string {
    return (this.#id ??= this.#newId())
  }

  get isNew(): boolean {
    return this.#storedId === undefined
  }

  /** The id under which the store holds it now. */
  get storedId(): string | undefined {
    return this.#storedId
  }

  /** The id that the store still holds and has to let go: ended by `destroy`, or replaced by `regenerate`. */
  get previousId(): string | undefined {
    return this.#endedId ?? (this.#storedId === this.#id ? undefined : this.#storedId)
  }

  get metadata(): SessionMetadata | undefined {
    return this.#metadata
  }

  /** Whether the session has got another lifetime, so that the cookie has to say so. */
  get isLifetimeChanged(): boolean {
    return this.#isLifetimeChanged
  }

  /** Whether the visitor has proved who he is since it was last stored. */
  get isAuthenticated(): boolean {
    return this.#isAuthenticated
  }

  /** Whether `touch()` asked for the activity to be noted now. */
  get isTouched(): boolean {
    return this.#isTouched
  }

  /** Whether the activity is to be noted by a custom store, which learns it by `isChanged`. */
  get isDue(): boolean {
    if (this.persistedAs === undefined || this.isNew) return false
    return this.#isTouched || (!!this.#metadata && !!this.expiry?.isTouchDue(this.#metadata))
  }

  /** The metadata as it is to be stored now. */
  get metadataNow(): SessionMetadata {
    const now = this.#now()
    return { createdAt: now, ...this.#metadata, seenAt: now }
  }

  get status(): SessionStatus {
    return this.statusWith(this.fields.changes())
  }

  /** The status, given the changes of the fields. */
  statusWith(changes: FieldChanges): SessionStatus {
    if (this.isNew && this.#isWorthStoring) return 'new'
    if (this.isNew) return this.#endedId === undefined ? 'clean' : 'destroyed'
    if (this.previousId !== undefined) return 'regenerated'
    return this.#metadata !== this.#storedMetadata || !changes.isEmpty ? 'changed' : 'clean'
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Ends writing: the response begins. */
  close(): void {
    this.#isClosed = true
  }

  /** @throws SessionClosedError after the dump. @throws SessionReadOnlyError on a replaced id. */
  assertWritable(action: string, key?: string): void {
    if (this.#isClosed) throw new SessionClosedError(action, key)
    if (this.isReadOnly) throw new SessionReadOnlyError(action, key)
  }

  /** @throws SessionUsageError when the store keeps data alone, so that this would be lost. */
  assertKept(action: string): void {
    if (this.persistedAs !== 'data') return
    throw notKeptError(action, 'its store opened the session by `new Session(id, data)`')
  }

  regenerate(isAuthenticated: boolean): void {
    if (isAuthenticated) this.assertKept('note the authentication')
    this.#id = this.#newId()
    if (!isAuthenticated) return
    this.#isAuthenticated = true
    this.#change({ authenticatedAt: this.#now(), seenAt: this.#now() })
  }

  destroy(): void {
    this.#generation += 1
    this.#endedId ??= this.#storedId
    this.#id = this.#storedId = undefined
    this.#metadata = this.#storedMetadata = this.#begin()
    this.#isTouched = this.#isLifetimeChanged = this.#isAuthenticated = false
    this.fields.forgetAll()
  }

  /** Begins anew without ending what the store holds: this application cannot read it, another may. */
  abandon(): void {
    if (this.#storedId !== undefined) {
      const refusal = { reason: 'schema', id: this.#storedId } as const
      this.origin = freshFrom([refusal, ...(this.origin?.refused ?? [])])
    }
    this.destroy()
    this.#endedId = undefined
  }

  touch(): void {
    this.#isTouched = true
  }

  remember(seconds: number | undefined): void {
    if (seconds !== undefined) this.assertKept('remember the session')
    const lifetime = seconds === undefined ? undefined : checkDuration('lifetime', seconds)
    this.#change({ lifetime })
    this.#isLifetimeChanged = true
  }

  /** Says whose session it is: a login, so the id changes as well. */
  bind(userId: string, label: string | undefined): void {
    this.assertKept('bind the session')
    this.regenerate(true)
    this.#change({ userId, label })
  }

  /** Notes the version of the data; a new session is only stored for something else. */
  describe(dataVersion: number | undefined): void {
    if (this.persistedAs !== 'data' && this.#metadata?.dataVersion !== dataVersion)
      this.#change({ dataVersion })
  }

  /** Undoes changes of data, a migration too; `destroy` and `regenerate` stay done. */
  rollback(): void {
    this.fields.rollback()
    if (!this.isNew) this.describe(this.#storedMetadata?.dataVersion)
  }

  /** Notes under which id and with which times a dump is about to write; `fields.mark()` notes the rest. */
  mark(metadata = this.#metadata): void {
    const isStored = !this.isNew || this.#isWorthStoring
    const id = isStored ? this.id : undefined
    this.#mark = { id, metadata, basis: this.#metadata, generation: this.#generation }
  }

  /** The store holds what was marked. */
  saved(): void {
    const { id, metadata, basis, generation } = this.#mark
    // Destroyed while the dump was under way: what it stored has to go.
    if (generation !== this.#generation) {
      this.#endedId = id
      return
    }
    this.fields.saved()
    this.#storedId = id
    this.#endedId = undefined
    this.#storedMetadata = metadata
    if (this.#metadata !== basis) return
    this.#metadata = metadata
    this.#isTouched = this.#isLifetimeChanged = this.#isAuthenticated = false
  }

  /** A new session is stored when there is something in it: a mere visit leaves nothing behind. */
  get #isWorthStoring(): boolean {
    return !this.fields.isEmpty || this.#metadata?.authenticatedAt !== undefined
  }

  #begin(): SessionMetadata | undefined {
    if (this.persistedAs === 'data') return undefined
    const now = this.#now()
    // After `destroy`, what is written is of the application's version too.
    return { createdAt: now, seenAt: now, dataVersion: this.#metadata?.dataVersion }
  }

  #now(): number {
    return this.expiry ? this.expiry.clock() : Date.now()
  }

  #change(change: Partial<SessionMetadata>): void {
    const now = this.#now()
    this.#metadata = { createdAt: now, seenAt: now, ...this.#metadata, ...change }
  }
}
