import { isPlainNumber, issue, type Conversion } from '../request/conversion.js'
import { HttpError } from '../errors/http-error.js'

/**
 * The value of a JSON body. A key `__proto__` is rejected: copied to another object it would change that
 * one's prototype (CWE-1321).
 */
export function parseJson(bytes: Uint8Array): Conversion {
  const text = textOf(bytes) ?? ''
  if (text.length > 2 * MOST_LEVELS && isTooDeep(text)) return issue('is nested too deeply')
  // Checking each value takes longer than parsing, so it is done only if the text has a sign of a bad one.
  try {
    return { value: JSON.parse(text, SUSPECT.test(text) ? rejectBad : undefined) as unknown }
  } catch (error) {
    return issue(error instanceof BadValue ? error.message : 'is not valid JSON')
  }
}

/** The key itself, escapes that may spell it, `-0`, a large exponent, and more digits than a double has. */
const SUSPECT = /__proto__|\\u|-0|[eE][+-]?\d{3}|\d{309}/

/** The fields of a form as an object; an array where a field is repeated. */
export function parseFields(form: FormData | undefined): Conversion {
  if (!form) return issue('is not a valid form')
  if (form.has('__proto__')) return issue('has a key __proto__')
  const fields = new Map<string, (string | File)[]>()
  // In one pass: `getAll` for each name would go through all of a large form once for each of its fields.
  for (const [name, value] of form) {
    const values = fields.get(name)
    if (values) values.push(value)
    else fields.set(name, [value])
  }
  const entries = [...fields].map(([name, values]) => {
    return [name, values.length === 1 ? values[0] : values] as const
  })
  return { value: Object.fromEntries(entries) }
}

/** The text of a body. */
export function parseText(bytes: Uint8Array): Conversion {
  const text = textOf(bytes)
  return text === undefined ? issue('is not valid UTF-8') : { value: text }
}

/** The 415 for a body of another kind. */
export function unsupported(expected: string): HttpError {
  return new HttpError(415, `The content type of the body must be ${expected}`)
}

/**
 * `JSON.parse` takes any depth, but a recursive walk of the value would run out of stack (CWE-674). It is the
 * depth that a session can store: what is let in can be kept.
 */
const MOST_LEVELS = 100

function isTooDeep(text: string): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) index = endOfString(text, index)
    else if (code === BRACKET || code === BRACE) depth++
    else if (code === BRACKET + 2 || code === BRACE + 2) depth--
    if (depth > MOST_LEVELS) return true
  }
  return false
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKET = 0x5b
const BRACE = 0x7b

/** The index of the quote that ends a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== QUOTE) {
    index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  }
  return index
}

function rejectBad(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new BadValue('has a key __proto__')
  if (typeof value === 'number' && !isPlainNumber(value))
    throw new BadValue('has a number that JSON cannot carry, such as -0 or 1e999')
  return value
}

class BadValue extends Error {}

/** `undefined` when the bytes are not UTF-8: replacing characters would silently change what was sent. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
