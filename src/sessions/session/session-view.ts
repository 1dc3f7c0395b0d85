import { noteRemedy, token } from '../../di/index.js'
import { fieldOf } from './field-texts.js'
import { SessionState } from './session-state.js'

/** The keys of a session's data. */
export type Key<Data> = keyof Data & string

// oxlint-disable-next-line typescript/no-explicit-any -- data of no declared type: whatever the application put there
export type AnyData = Record<string, any>

/**
 * The type of a value. Where no data is declared, and where a list of tokens has inferred the parameter, it is
 * `unknown`: an `any` would switch the checks of whoever reads it off.
 */
export type ValueOf<Data, Name extends keyof Data> = unknown extends Data[Name]
  ? unknown
  : Data[Name]

/** Makes a value of the one before. Where no data is declared, it says what it takes: `(n: number = 0) => n + 1`. */
export type Change<Data, Name extends keyof Data, Value> = (
  value: unknown extends Data[Name] ? Value : Data[Name] | undefined,
) => Data[Name]

/** All values that are there, by key. */
export type DataOf<Data> = { [Name in keyof Data]?: ValueOf<Data, Name> }

// oxlint-disable-next-line typescript/no-explicit-any -- a session of whatever data
export type AnySession = SessionView<any>

/**
 * The state of a session, for stores and the life cycle.
 *
 * @internal
 * @throws TypeError when the value only looks like a session.
 */
export let stateOf: (session: AnySession) => SessionState

/**
 * Whether a value is a session: a look-alike, a proxy or a spread copy is not.
 *
 * @internal
 */
export let isSession: (value: unknown) => value is AnySession

/**
 * A session that can only be read. Ask for it where nothing is to be changed: `show(session: SessionView<Shop>)`.
 * Values come as copies, so changing one changes nothing.
 *
 * Printing a session, its JSON and its text show neither id nor data.
 */
export class SessionView<Data extends object = AnyData> {
  readonly #state: SessionState

  static {
    stateOf = (session) => session.#state
    isSession = (value): value is AnySession =>
      typeof value === 'object' && value !== null && #state in value
  }

  /** @internal Ask for a view as a parameter. */
  constructor(state: SessionState) {
    this.#state = state
  }

  /** The id. It is not part of the data, cannot be set, and is not guessable. Never log it. */
  get id(): string {
    return this.#state.id
  }

  /** Whether no store holds it yet. */
  get isNew(): boolean {
    return this.#state.isNew
  }

  /** When it began; `undefined` when a custom store did not say. */
  get createdAt(): Date | undefined {
    return dateOf(this.#state.metadata?.createdAt)
  }

  /** When the visitor last proved who they are: `regenerate({ authenticated: true })`. */
  get authenticatedAt(): Date | undefined {
    return dateOf(this.#state.metadata?.authenticatedAt)
  }

  /** The user that `bind` named, or `undefined` before a login. */
  get userId(): string | undefined {
    return this.#state.metadata?.userId
  }

  /** Seconds that `remember` gave it in place of the limits of the store, or `undefined`. */
  get lifetime(): number | undefined {
    return this.#state.metadata?.lifetime
  }

  /** When it expires if the visitor does nothing more; `undefined` when a custom store decides that. */
  get expiresAt(): Date | undefined {
    return dateOf(endOf(this.#state))
  }

  /** The number of keys. */
  get size(): number {
    return this.keys().length
  }

  /** The value of a key, or `undefined`. `get('id')` gives the id. */
  get(key: 'id'): string
  get<Name extends Key<Data>>(key: Name): ValueOf<Data, Name> | undefined
  get(key: string): unknown {
    if (key === 'id') return this.id
    this.#state.dumpReads?.add('data')
    return this.#state.fields.copy(fieldOf('d', key))
  }

  /** Whether the key has a value. `id` always has. */
  has(key: Key<Data> | 'id'): boolean {
    return key === 'id' || this.#state.fields.has(fieldOf('d', key))
  }

  keys(): Key<Data>[] {
    this.#state.dumpReads?.add('data')
    return this.#state.fields.names
      .filter((name) => name.startsWith('d:'))
      .map((name) => name.slice(2) as Key<Data>)
  }

  values(): ValueOf<Data, Key<Data>>[] {
    return this.entries().map(([, value]) => value)
  }

  entries(): [Key<Data>, ValueOf<Data, Key<Data>>][] {
    return this.keys().map((key) => [key, this.get(key) as ValueOf<Data, Key<Data>>])
  }

  [Symbol.iterator](): Iterator<[Key<Data>, ValueOf<Data, Key<Data>>]> {
    return this.entries()[Symbol.iterator]()
  }

  /** The data as a plain object, without the id. */
  toObject(): DataOf<Data> {
    return Object.fromEntries(this.entries()) as DataOf<Data>
  }

  /** A fixed text: a session that slips into JSON gives nothing away. Send `toObject()` if you mean the data. */
  toJSON(): string {
    return String(this)
  }

  toString(): string {
    return `[${this.constructor.name}]`
  }

  /** What `console.log` and `util.inspect` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return String(this)
  }
}

/**
 * Asks for the session to read, or `undefined` while the store cannot be reached: for a page that is
 * worth showing without it. A handler that asks for `Session` is not run then; the answer is a 503.
 */
export const sessionIfAvailable = token<SessionView | undefined>('sessionIfAvailable')

/** What to write when nothing provides sessions, or what is made of them. */
export const SESSIONS_REMEDY =
  'Add `sessions(new MemoryStore())` to the `components` of the application, or sessions(…) with another store.'
noteRemedy(SessionView, SESSIONS_REMEDY)
noteRemedy(sessionIfAvailable, SESSIONS_REMEDY)

/** Where the dump of this request will note that the visitor was here, or does so now, time counts from now on. */
function endOf(state: SessionState): number | undefined {
  const { expiry, metadata = state.metadataNow } = state
  if (!expiry || (!state.isNew && expiry.isOver(metadata))) return expiry?.endOf(metadata)
  const isNoted = state.dumpReads !== undefined || isToBeNoted(state)
  return expiry.endOf(isNoted ? state.metadataNow : metadata)
}

function isToBeNoted(state: SessionState): boolean {
  const { expiry, metadata, isClosed, isReadOnly, isTouched } = state
  if (isClosed || isReadOnly) return false
  return isTouched || !!(metadata && expiry?.isTouchDue(metadata)) || state.status !== 'clean'
}

function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds)
}
