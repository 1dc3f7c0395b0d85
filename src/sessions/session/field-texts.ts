import { anObjectWith } from '../../di/index.js'
import { dataError, keyError, valueError } from '../errors/usage-error.js'
import { exactText, toJsonText } from './json-value.js'

/** The value of one field: a text as loaded, decoded when it is read; or a value as written. */
export class FieldValue {
  /** The text as it was loaded, or encoded when it was written. */
  readonly written: string
  readonly #path: string
  readonly #serializer: Serializer | undefined
  #value: unknown
  #isDecoded: boolean

  constructor(text: string, path: string, serializer: Serializer | undefined, value?: unknown) {
    this.written = text
    this.#path = path
    this.#serializer = serializer
    this.#value = value
    this.#isDecoded = value !== undefined
  }

  /** @throws SessionUsageError when the text is damaged. */
  get value(): unknown {
    if (!this.#isDecoded) this.#value = decode(this.written, this.#path, this.#serializer)
    this.#isDecoded = true
    return this.#value
  }

  /** The text as it is now: it differs from the written one when somebody changed the value inside. */
  get text(): string {
    if (!this.isMutable) return this.written
    try {
      return encode(this.#value, this.#path, this.#serializer)
    } catch (error) {
      if (this.#isAsWritten) return this.written
      throw error
    }
  }

  /** A damaged text can be one that is read and would not be written: who only reads it must not be stuck with it. */
  get #isAsWritten(): boolean {
    try {
      const written = decode(this.written, this.#path, this.#serializer)
      return exactText(this.#value) === exactText(written)
    } catch {
      // Nested deeper than can be compared.
      return false
    }
  }

  /** Whether somebody has a value that can be changed inside. */
  get isMutable(): boolean {
    return this.#isDecoded && typeof this.#value === 'object' && this.#value !== null
  }

  /** A value that shares nothing with `value`. */
  copy(): unknown {
    return decode(this.text, this.#path, this.#serializer)
  }
}

/** Hears of fields whose texts are damaged. */
export interface DamageListener {
  damaged(field: string): void
}

/**
 * Turns values into text and back, where JSON is not enough: `devalue` and `superjson` fit as they are.
 * Equal values must give equal text, because a store compares texts to see what changed.
 */
export interface Serializer {
  stringify(value: unknown): string
  parse(text: string): unknown
}

/** What the option `serializer` takes. */
export const aSerializer = anObjectWith('a serializer', 'stringify', 'parse')

/**
 * The text of one value of a session.
 *
 * @throws SessionUsageError naming the path of what cannot be carried.
 */
export function encode(value: unknown, path: string, serializer: Serializer | undefined): string {
  if (!serializer) {
    const isPlain = typeof value === 'string' || (Number.isSafeInteger(value) && value !== 0)
    return isPlain ? JSON.stringify(value) : toJsonText(value, path)
  }
  let text: unknown
  try {
    text = serializer.stringify(value)
  } catch (error) {
    throw valueError(path, 'the serializer refused it', { cause: error })
  }
  // Lone surrogates do not survive UTF-8, in which cookies and Redis carry the text.
  if (typeof text !== 'string' || !text.isWellFormed()) {
    throw valueError(path, 'the serializer did not make well-formed text of it')
  }
  return text
}

/**
 * The value of a stored text.
 *
 * @throws SessionUsageError when the text is damaged.
 */
export function decode(text: string, path: string, serializer: Serializer | undefined): unknown {
  try {
    return serializer ? serializer.parse(text) : JSON.parse(text)
  } catch {
    // Without a cause: parsers quote the text that they choke on, which is the visitor's data.
    throw dataError(path, 'its text is damaged')
  }
}

const LONGEST_KEY = 1024

/**
 * The field of a key: `d:` for data, `f:` for flash messages.
 *
 * @throws SessionUsageError when no store could keep the key exactly.
 */
export function fieldOf(kind: 'd' | 'f', key: unknown): string {
  if (kind === 'd' && key === 'id')
    throw keyError(key, 'the id is not data; regenerate() changes it')
  if (typeof key !== 'string') throw keyError(String(key), 'keys are strings')
  if (key.length > LONGEST_KEY) {
    throw keyError(key, `it is longer than ${LONGEST_KEY} characters`)
  }
  // A lone surrogate does not survive UTF-8: two keys would become one.
  if (!key.isWellFormed()) throw keyError(key, 'it is not well-formed Unicode')
  return `${kind}:${key}`
}

/** What a store has to write: only fields whose text differs from the text that was loaded. */
export interface FieldChanges {
  readonly isEmpty: boolean
  /** `clear()` was called: fields that are not in `texts` go, those that other requests added meanwhile as well. */
  readonly isCleared: boolean
  /** The new text of each field that was written, and `undefined` for one that was removed. */
  readonly texts: ReadonlyMap<string, string | undefined>
  /**
   * Those that `update` wrote, with the text that it began with: when the store holds another one, the update has
   * to be made again. For all others the last write wins.
   */
  readonly updated: ReadonlyMap<string, string | undefined>
}

/** No fields, or no changes of them. */
export const NO_FIELDS: ReadonlyMap<string, never> = new Map<string, never>()

export const NO_CHANGES: FieldChanges = {
  isEmpty: true,
  isCleared: false,
  texts: NO_FIELDS,
  updated: NO_FIELDS,
}

/** What a dump is about to write. What is written while it is under way belongs to the next dump. */
export interface PendingFields {
  readonly changes: FieldChanges
  readonly texts: ReadonlyMap<string, string>
  /** How many updates of each field are in it. */
  readonly updates: readonly (readonly [field: string, count: number])[] | undefined
  readonly clears: number
}

/** Texts under names, found when they are asked for. */
export abstract class FieldTexts implements ReadonlyMap<string, string> {
  abstract readonly size: number
  abstract get(name: string): string | undefined
  abstract entries(): MapIterator<[string, string]>

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): MapIterator<string> {
    for (const [, text] of this.entries()) yield text
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }

  forEach(visit: (text: string, name: string, fields: this) => void): void {
    for (const [name, text] of this.entries()) visit(text, name, this)
  }
}

/** Fields with changes over them. Nothing is copied until somebody reads all of them. */
export class ChangedFields extends FieldTexts {
  /** The fields without the changes; a store may copy them as they are. */
  readonly base: ReadonlyMap<string, string>
  readonly changes: ReadonlyMap<string, string | undefined>
  #copied: ReadonlyMap<string, string> | undefined

  constructor(
    base: ReadonlyMap<string, string>,
    { isCleared, texts }: Pick<FieldChanges, 'isCleared' | 'texts'>,
  ) {
    super()
    this.changes = texts
    // Never more than one layer: a request may commit many times.
    const below = base instanceof ChangedFields ? base.#all : base
    this.base = isCleared ? NO_FIELDS : below
  }

  get size(): number {
    return this.#all.size
  }

  get(name: string): string | undefined {
    const text = this.changes.get(name)
    return text !== undefined || this.changes.has(name) ? text : this.base.get(name)
  }

  entries(): MapIterator<[string, string]> {
    return this.#all.entries()
  }

  get #all(): ReadonlyMap<string, string> {
    if (this.#copied) return this.#copied
    const all = new Map(this.base)
    for (const [name, text] of this.changes) {
      if (text === undefined) all.delete(name)
      else all.set(name, text)
    }
    return (this.#copied = all)
  }
}
