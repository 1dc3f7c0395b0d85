import { anObjectWith } from '../../di/index.js'
import { dataError, keyError, SessionUsageError, valueError } from '../errors/usage-error.js'

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

/** Nesting beyond this is refused: JSON itself overflows the stack at some depth of its own. */
const DEEPEST = 100

/**
 * The JSON text of a value that JSON carries exactly. `undefined` as a property is dropped, as JSON
 * does; everything else that JSON would change without a word is refused.
 *
 * @throws SessionUsageError naming the path of what cannot be carried.
 */
export function toJsonText(value: unknown, path: string): string {
  try {
    check(value, path, [])
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof SessionUsageError) throw error
    // A getter, a proxy or the like that throws.
    throw valueError(path, 'reading it threw an error', { cause: error })
  }
}

/** A text that differs wherever two values do; what JSON would drop or change is told by its kind. */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    const isExact = typeof part === 'number' ? Number.isFinite(part) : (typeof part) in JSON_KINDS
    return isExact && !Object.is(part, -0)
      ? part
      : { [typeof part]: Object.is(part, -0) ? '-0' : String(part) }
  })
}

const JSON_KINDS = { string: true, boolean: true, object: true }

function check(value: unknown, path: string, above: object[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw valueError(path, `JSON turns ${value} into null`)
    if (Object.is(value, -0)) throw valueError(path, 'JSON turns -0 into 0')
    return
  }
  if (typeof value !== 'object') throw valueError(path, `JSON cannot carry ${kind(value)}`)
  if (above.includes(value)) throw valueError(path, 'it contains itself')
  if (above.length >= DEEPEST) {
    throw valueError(path, `it is nested deeper than ${DEEPEST} levels`)
  }
  above.push(value)
  if (Array.isArray(value)) checkArray(value, path, above)
  else checkObject(value, path, above)
  above.pop()
}

function checkArray(value: unknown[], path: string, above: object[]): void {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Array.prototype && prototype?.constructor?.name !== 'Array') {
    throw valueError(path, `JSON turns an instance of ${className(value)} into a plain array`)
  }
  // As many keys as elements: no holes, which JSON makes null, and no extra properties, which it drops.
  if (Reflect.ownKeys(value).length !== value.length + 1) {
    throw valueError(path, 'JSON does not carry the holes or extra properties of an array')
  }
  for (const [index, element] of value.entries()) check(element, `${path}[${index}]`, above)
}

function checkObject(value: object, path: string, above: object[]): void {
  if (value instanceof Promise)
    throw valueError(path, 'it is a promise', { remedy: 'Await it before it is set.' })
  const prototype: unknown = Object.getPrototypeOf(value)
  // A plain object of any realm: nothing above its prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw valueError(path, `JSON does not carry an instance of ${className(value)}`)
  }
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === 'symbol') throw valueError(path, 'JSON drops keys that are symbols')
    if (!Object.prototype.propertyIsEnumerable.call(value, key))
      throw valueError(`${path}.${key}`, 'JSON drops properties that are not enumerable')
    const property = (value as Record<string, unknown>)[key]
    if (property !== undefined) check(property, `${path}.${key}`, above)
  }
}

function kind(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`
}

function className(value: object): string {
  const constructor: unknown = value.constructor
  return typeof constructor === 'function' && constructor.name ? constructor.name : 'a class'
}
