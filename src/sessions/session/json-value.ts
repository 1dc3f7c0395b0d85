import { SessionUsageError, valueError } from '../errors/usage-error.js'

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
