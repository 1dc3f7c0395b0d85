import { SessionClosedError, SessionReadOnlyError } from '../errors/errors.js'
import { notKeptError } from '../errors/usage-error.js'
import { checkDuration, type Expiry, type SessionMetadata } from './expiry.js'
import type { FieldChanges } from './field-texts.js'
import { Fields } from './fields.js'
import { assertNew, newSessionId } from './session-id.js'
import { freshFrom, type SessionOrigin } from '../events/events.js'
import {
  VisitSide,
  type PendingWrite,
  type PersistedAs,
  type StateOptions,
} from './state-options.js'
import type { SessionUser } from './user.js'

/** What happened to a session during a request. */
export type SessionStatus = 'new' | 'clean' | 'changed' | 'regenerated' | 'destroyed'

/**
 * A session as stores and the visit see it: the data, and what handlers did with it. Only this class and the
 * visit write its properties.
 */
export class SessionState extends VisitSide {
  readonly fields: Fields
  readonly expiry: Expiry | undefined
  readonly isReadOnly: boolean
  /** What a custom store keeps; `undefined` when a built-in store opened it. */
  readonly persistedAs: PersistedAs | undefined
  /** See `StateOptions.takeField`. */
  readonly takeField: StateOptions['takeField']
  /** How it was opened; `undefined` when a custom store did not say. */
  origin: SessionOrigin | undefined
  /** See `StateOptions.writer`. */
  readonly writer: object | undefined
  /** The id under which the store holds it; `undefined` while it is new. */
  storedId: string | undefined
  metadata: SessionMetadata | undefined
  /** Whether `touch()` asked for the activity to be noted now. */
  isTouched = false
  /** Whether the visitor has proved who they are since the session was last stored. */
  isAuthenticated = false
  /** Counts the calls of `destroy()`: what is written afterwards is another session. */
  generation = 0
  readonly #newId: () => string
  #id: string | undefined
  /** The id that `destroy()` ended; the store has to delete its record. */
  #destroyedId: string | undefined
  /** Whether `destroy()` was called, and the browser still has a cookie. */
  #isCookieLeft = false
  #storedMetadata: SessionMetadata | undefined
  #pending: PendingWrite | undefined

  constructor(options: StateOptions = {}) {
    super()
    this.#id = this.storedId = options.id
    this.#newId = options.newId ?? newSessionId
    this.expiry = options.expiry
    this.persistedAs = options.persistedAs ?? (options.expiry ? undefined : 'unknown')
    this.metadata = this.#storedMetadata = options.metadata ?? this.#initialMetadata()
    this.fields = new Fields(options.fields ?? new Map(), options.serializer, this)
    this.isReadOnly = options.isReadOnly ?? false
    this.origin = options.origin
    this.takeField = options.takeField
    this.writer = options.writer
  }

  /** Made when it is first asked for: an anonymous visit costs no random bytes. */
  get id(): string {
    return (this.#id ??= this.#nextId())
  }

  get isNew(): boolean {
    return this.storedId === undefined
  }

  /** The id whose record the store still has to delete: `destroy` ended it, or `regenerate` replaced it. */
  get previousId(): string | undefined {
    return this.#destroyedId ?? (this.storedId === this.#id ? undefined : this.storedId)
  }

  /** Whether `remember()` changed the lifetime, so that the cookie has to say so. */
  get isLifetimeChanged(): boolean {
    return this.metadata?.lifetime !== this.#storedMetadata?.lifetime
  }

  /** Whether a custom store has to note the activity; it learns so by `isChanged`. */
  get isDue(): boolean {
    if (this.persistedAs === undefined || this.isNew) return false
    return this.isTouched || (!!this.metadata && !!this.expiry?.isTouchDue(this.metadata))
  }

  /** The metadata to store now. A new session whose time is over begins now: nobody has its id yet. */
  get metadataNow(): SessionMetadata {
    const now = this.#now()
    const metadata = { createdAt: now, ...this.metadata, seenAt: now }
    const isOver = this.isNew && this.expiry?.isOver(metadata, now)
    return isOver ? { ...metadata, createdAt: now } : metadata
  }

  get status(): SessionStatus {
    return this.statusWith(this.fields.changes())
  }

  /** The status, given the changes of the fields. */
  statusWith(changes: FieldChanges): SessionStatus {
    if (this.isNew && this.#isWorthStoring) return 'new'
    if (this.isNew) return this.#isCookieLeft ? 'destroyed' : 'clean'
    if (this.previousId !== undefined) return 'regenerated'
    return this.metadata !== this.#storedMetadata || !changes.isEmpty ? 'changed' : 'clean'
  }

  /** This state, to write. @throws SessionClosedError after the dump. @throws SessionReadOnlyError on a replaced id. */
  writable(action: string, key?: string): this {
    if (this.isClosed) throw new SessionClosedError(action, key)
    if (this.isReadOnly) throw new SessionReadOnlyError(action, key)
    return this
  }

  /** @throws SessionUsageError when the store keeps data alone, so that this would be lost. */
  assertKept(action: string): void {
    if (this.persistedAs !== 'data') return
    throw notKeptError(action, 'its store opened the session by `new Session(id, data)`')
  }

  regenerate(isAuthenticated: boolean): void {
    if (isAuthenticated) this.assertKept('note the authentication')
    this.#id = this.#nextId()
    if (!isAuthenticated) return
    this.isAuthenticated = true
    this.#change({ authenticatedAt: this.#now(), seenAt: this.#now() })
  }

  destroy(): void {
    this.generation += 1
    this.#destroyedId ??= this.storedId
    // A cookie that names no live session is cleared as well: it is dead, and may hold data.
    const isRefused = this.origin ? this.origin.refused.length > 0 : this.hasCookies
    this.#isCookieLeft ||= this.#destroyedId !== undefined || isRefused
    this.#id = this.storedId = undefined
    this.metadata = this.#storedMetadata = this.#initialMetadata()
    this.isTouched = this.isAuthenticated = false
    this.fields.reset()
  }

  damaged(field: string): void {
    const reason = field.startsWith('f:') ? 'flash' : 'data'
    this.emit?.({ type: 'corrupt', reason, id: this.storedId })
  }

  /** Starts a new session and leaves the record in the store: this application cannot read it, another may. */
  abandon(reason: 'schema' | 'corrupt'): void {
    if (this.storedId !== undefined) {
      this.origin = freshFrom([{ reason, id: this.storedId }, ...(this.origin?.refused ?? [])])
    }
    this.destroy()
    this.#destroyedId = undefined
    this.#isCookieLeft = false
  }

  touch(): void {
    this.isTouched = true
  }

  remember(seconds: number | undefined): void {
    if (seconds !== undefined) this.assertKept('remember the session')
    const lifetime = seconds === undefined ? undefined : checkDuration('lifetime', seconds)
    if (lifetime === this.metadata?.lifetime) return
    this.#change({ lifetime })
  }

  /** Binds the session to a user: a login, so the id changes as well. What somebody else left is not theirs. */
  bind(user: SessionUser): void {
    this.assertKept('bind the session')
    const { userId = user.userId } = this.metadata ?? {}
    if (userId !== user.userId) this.destroy()
    this.regenerate(true)
    this.#change({ ...user })
  }

  /** Sets the version of the data; that alone does not store a new session. */
  describe(dataVersion: number | undefined): void {
    if (this.persistedAs !== 'data' && this.metadata?.dataVersion !== dataVersion)
      this.#change({ dataVersion })
  }

  /** Undoes changes of the data, a migration too; `destroy` and `regenerate` are not undone. */
  rollback(): void {
    this.fields.rollback()
    if (!this.isNew) this.describe(this.#storedMetadata?.dataVersion)
  }

  /** Remembers the id and the times that a dump is about to write; `fields.mark()` remembers the fields. */
  mark(metadata = this.metadata): void {
    const id = this.isNew && (!this.#isWorthStoring || this.lostAs) ? undefined : this.id
    this.#pending = { id, metadata, basis: this.metadata, generation: this.generation }
  }

  /** The store now holds what was marked. */
  saved(): void {
    if (!this.#pending) return
    const { id, metadata, basis, generation } = this.#pending
    this.#pending = undefined
    // Destroyed while the dump was under way: what it stored has to be deleted.
    if (generation !== this.generation) {
      this.#destroyedId = id
      this.#isCookieLeft ||= id !== undefined
      return
    }
    this.fields.saved()
    this.storedId = id
    this.#destroyedId = undefined
    this.#isCookieLeft = false
    this.#storedMetadata = metadata
    if (this.metadata !== basis) return
    this.metadata = metadata
    this.isTouched = this.isAuthenticated = false
  }

  /** The handler knows that what was marked is lost, so it is not tried again. */
  lost(): void {
    return this.isNew ? this.destroy() : this.saved()
  }

  /** A new session is stored once it holds something: a mere visit leaves nothing behind. */
  get #isWorthStoring(): boolean {
    return !this.fields.isEmpty || this.metadata?.authenticatedAt !== undefined
  }

  #initialMetadata(): SessionMetadata | undefined {
    if (this.persistedAs === 'data') return undefined
    const now = this.#now()
    // After `destroy`, what is written is of the application's version too.
    return { createdAt: now, seenAt: now, dataVersion: this.metadata?.dataVersion }
  }

  #nextId(): string {
    return assertNew(this.#newId(), [this.#id, this.storedId, this.#destroyedId])
  }

  #now(): number {
    return this.expiry ? this.expiry.clock() : Date.now()
  }

  #change(change: Partial<SessionMetadata>): void {
    const now = this.#now()
    this.metadata = { createdAt: now, seenAt: now, ...this.metadata, ...change }
  }
}
