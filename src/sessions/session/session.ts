import { noteRemedy } from '../../di/index.js'
import { recordOf, stateOfData, stateOfRecord } from './custom-record.js'
import { fromCaller } from '../errors/usage-error.js'
import { Expiry, type ExpiryOptions } from './expiry.js'
import { fieldOf } from './field-texts.js'
import { Flash } from './flash.js'
import { ownOptions } from '../errors/options.js'
import { SessionState } from './session-state.js'
import { SESSIONS_REMEDY, SessionView, stateOf } from './session-view.js'
import type { AnyData, Change, Key, ValueOf } from './session-view.js'
import { checkUser } from './user.js'

/**
 * A visitor's data between requests: a dictionary that always has an `id`. Ask for it by type:
 * `show(session: Session<Shop>)`. Values are JSON; what is there when the handler has ended is stored,
 * so a change inside a value is kept as well.
 */
export class Session<Data extends object = AnyData> extends SessionView<Data> {
  #flash: Flash | undefined

  /**
   * Opens a session of a custom store that keeps data alone: flash messages, `bind`, `remember` and
   * `regenerate({ authenticated: true })` throw. A store that keeps everything uses `fromRecord`.
   *
   * @param id the id that came with the request and that the store has found.
   * @param data what the store holds under it.
   * @throws SessionUsageError when a value of the data is not JSON.
   */
  constructor(id: string, data?: Partial<Data>)
  /** @internal A built-in store opens a session by its state. */
  constructor(state: SessionState)
  constructor(given: string | SessionState, data: Partial<Data> = {}) {
    super(typeof given === 'string' ? stateOfData(given, data) : given)
  }

  /**
   * A new session: what `load` returns for a visitor without one. It costs nothing until it is written.
   *
   * @param limits as for `fromRecord`; with them `expiresAt` is there.
   */
  static empty<Data extends object = AnyData>(limits?: ExpiryOptions): Session<Data> {
    const expiry = limits && new Expiry(limits)
    return new Session<Data>(new SessionState({ expiry, persistedAs: 'unknown' }))
  }

  /**
   * Opens a session of a custom store that keeps `toRecord()`: with it everything comes back.
   *
   * @param record what `toRecord` gave; what it did not give is no session.
   * @param limits with them an expired session counts as none, and `isChanged` is also true when the store has
   *   to note activity. Without them the store decides when sessions expire.
   * @returns `undefined` when there is no session.
   * @throws SessionStoreError when a newer version of this library wrote it.
   */
  static fromRecord<Data extends object = AnyData>(
    id: string,
    record: Readonly<Record<string, string>> | undefined,
    limits?: ExpiryOptions,
  ): Session<Data> | undefined {
    const state = record && stateOfRecord(id, record, limits)
    return state && new Session<Data>(state)
  }

  /**
   * All that a custom store has to keep: data, messages, times, user, lifetime; not the id. A plain object of
   * texts, for a JSON column or a hash; what changed between two of them is what a request changed.
   *
   * @throws SessionUsageError when a value was changed into one that cannot be stored.
   */
  toRecord(): Record<string, string> {
    return recordOf(stateOf(this))
  }

  /** Messages for the next request. */
  get flash(): Flash {
    return (this.#flash ??= new Flash(stateOf(this)))
  }

  /** Whether there is anything for a store to write. */
  get isChanged(): boolean {
    const state = stateOf(this)
    return state.status !== 'clean' || state.isDue
  }

  /** Whether `destroy()` was called, and nothing was written since then. */
  get isDestroyed(): boolean {
    return stateOf(this).status === 'destroyed'
  }

  /** The id whose data a custom store has to delete: `destroy()` ended it, or `regenerate()` replaced it. */
  get previousId(): string | undefined {
    return stateOf(this).previousId
  }

  /** The value of a key, or `undefined`. Changing an object that it gives changes the session. */
  override get(key: 'id'): string
  override get<Name extends Key<Data>>(key: Name): ValueOf<Data, Name> | undefined
  override get(key: string): unknown {
    if (key === 'id') return this.id
    const { dumpReads, fields } = stateOf(this)
    dumpReads?.add('data')
    return fields.get(fieldOf('d', key))
  }

  /**
   * Writes a key; `undefined` removes it. Of two requests that write the same key the last one wins: use
   * `update` where the new value depends on the old one.
   *
   * @throws SessionUsageError when JSON would change the value. @throws SessionClosedError after the dump.
   */
  set<Name extends Key<Data>>(key: Name, value: Data[Name] | undefined): this {
    const state = stateOf(this).writable('set', key)
    try {
      if (value === undefined) state.fields.delete(fieldOf('d', key))
      else state.fields.set(fieldOf('d', key), value)
    } catch (error) {
      // oxlint-disable-next-line typescript/unbound-method -- names a frame, and is not called
      throw fromCaller(error, this.set)
    }
    return this
  }

  /** Removes a key. Says whether it was there. */
  delete(key: Key<Data>): boolean {
    return stateOf(this).writable('delete', key).fields.delete(fieldOf('d', key))
  }

  /** Removes all data and all messages. The id stays; to log somebody out use `destroy`. */
  clear(): void {
    stateOf(this).writable('clear the session').fields.clear()
  }

  /**
   * Writes a key by its own value. A server-side store applies the function again when another request
   * was faster, so that no increment is lost: it must have no effect but its result.
   *
   * @param change gets a copy of the value, or `undefined`, and returns the new one.
   * @throws SessionUsageError when it returns nothing, a promise, or what JSON would change.
   */
  update<Name extends Key<Data>, Value = unknown>(
    key: Name,
    change: Change<Data, Name, Value>,
  ): ValueOf<Data, Name> {
    const { fields } = stateOf(this).writable('update', key)
    try {
      const value = fields.update(fieldOf('d', key), change as (value: unknown) => unknown)
      return value as ValueOf<Data, Name>
    } catch (error) {
      // oxlint-disable-next-line typescript/unbound-method -- names a frame, and is not called
      throw fromCaller(error, this.update)
    }
  }

  /**
   * Reads and removes a key. In a server-side store it is removed at once, and of several requests exactly
   * one gets the value: for one-time codes. A cookie store cannot promise that.
   */
  take<Name extends Key<Data>>(key: Name): Promise<ValueOf<Data, Name> | undefined> {
    return this.#watched('session.take()', this.#take(key))
  }

  /**
   * Gives the session a new id and makes the old one worthless: call it whenever rights change.
   *
   * @param options.authenticated the visitor has just proved who they are: sets `authenticatedAt` and starts
   *   the absolute lifetime again, as NIST SP 800-63B-4 has it for reauthentication.
   */
  regenerate(options: { readonly authenticated?: boolean } = {}): void {
    const state = stateOf(this).writable('regenerate the session')
    state.regenerate(ownOptions(options).authenticated ?? false)
  }

  /**
   * Binds the session to a user who has just logged in: gives it a new id, sets `authenticatedAt`, and
   * makes it one of those that `UserSessions` lists and revokes. Data of a visitor without a login stays. A
   * session of another user is destroyed, and this one begins with nothing of it.
   *
   * @param userId what the application calls the user: 1 to 1,024 characters of well-formed Unicode.
   * @param options.label how the user recognises this session, for example by the name of the browser; its
   *   first 256 characters are kept.
   */
  bind(userId: string, options: { readonly label?: string } = {}): void {
    const state = stateOf(this).writable('bind the session')
    state.bind(checkUser(userId, ownOptions(options).label))
  }

  /** Destroys the session: its data is deleted, its id never comes back. What is written afterwards is a new session. */
  destroy(): void {
    stateOf(this).writable('destroy the session').destroy()
  }

  /** Notes the visitor's activity now, without waiting for `touchInterval` to pass. */
  touch(): void {
    stateOf(this).writable('touch the session').touch()
  }

  /**
   * Gives this session a lifetime of its own ("remember me"), which outlives the browser.
   *
   * @param seconds in place of the idle and absolute limits, at most 400 days (RFC 6265bis caps cookies
   *   there; NIST SP 800-63B-4 AAL1 reauthenticates after 30 days); `undefined` goes back to those.
   */
  remember(seconds: number | undefined): void {
    stateOf(this).writable('remember the session').remember(seconds)
  }

  /**
   * Stores the session and sets its cookie now, before the handler has ended; needed where the store has
   * to be right before something else happens. It can be written again until the response begins.
   *
   * @throws SessionClosedError when there are changes and the response has begun.
   * @throws SessionLostError when the session ended while the handler ran: nothing was stored.
   * @throws HttpError 413 when the session is too large, 503 when the store fails.
   */
  commit(): Promise<void> {
    return this.#watched('session.commit()', this.#commit())
  }

  async #commit(): Promise<void> {
    const { isClosed, visit } = stateOf(this)
    if (isClosed && this.isChanged) stateOf(this).writable('commit the session')
    if (!isClosed) await visit?.commit()
  }

  async #take<Name extends Key<Data>>(key: Name): Promise<ValueOf<Data, Name> | undefined> {
    const { fields, takeField, visit } = stateOf(this).writable('take', key)
    const field = fieldOf('d', key)
    if (!takeField || !fields.isStored(field)) {
      const value = fields.get(field)
      fields.delete(field)
      return value as ValueOf<Data, Name> | undefined
    }
    const take = (deadline?: number) => takeField(field, deadline)
    const text = await (visit ? visit.take(take) : take())
    return fields.setTaken(field, text) as ValueOf<Data, Name> | undefined
  }

  #watched<Value>(call: string, work: Promise<Value>): Promise<Value> {
    return stateOf(this).visit?.watch(call, work) ?? work
  }
}

noteRemedy(Session, SESSIONS_REMEDY)
