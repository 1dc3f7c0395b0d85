import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A class that is made from one text: `URL`, or an identifier class of yours. It throws when the text does not fit. */
// oxlint-disable-next-line typescript/no-explicit-any -- any further parameters, as long as they may be left out
export type TextClass<Value = unknown> = new (text: string, ...rest: any[]) => Value

/** What a text of the request can be converted to: a constructor or any Standard Schema. */
export type TextType =
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | BigIntConstructor
  | DateConstructor
  | TextClass
  | StandardSchemaV1

/** The value that a type stands for. */
export type Converted<Type> = Type extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Type>
  : Type extends StringConstructor
    ? string
    : Type extends NumberConstructor
      ? number
      : Type extends BooleanConstructor
        ? boolean
        : Type extends BigIntConstructor
          ? bigint
          : Type extends DateConstructor
            ? Date
            : Type extends TextClass<infer Value>
              ? Value
              : never

/** The result of a conversion: a value, or what is wrong in words for the client. */
export type Conversion = StandardSchemaV1.Result<unknown>

/** Converts one value; `undefined` stands for "not sent". */
export type Convert = (given: unknown) => Conversion | Promise<Conversion>

/** The conversion to a type. It is strict: a text that would lose something is an issue, and never rounded. */
export function converterTo(type: TextType): Convert {
  if (isStandardSchema(type)) return (given) => type['~standard'].validate(given)
  const convert = CONVERSIONS.get(type) ?? ((text: string) => construct(type as TextClass, text))
  return (given) => (given === undefined ? issue('is required') : convert(given as string))
}

/** Whether something is a Standard Schema (standardschema.dev); functions may be. */
export function isStandardSchema(type: unknown): type is StandardSchemaV1 {
  return (
    ((typeof type === 'object' && type !== null) || typeof type === 'function') &&
    '~standard' in type
  )
}

/** The result that says what is wrong. */
export function issue(message: string): Conversion {
  return { issues: [{ message }] }
}

const CONVERSIONS = new Map<TextType, (text: string) => Conversion>([
  [String, (text) => ({ value: text })],
  [Number, number],
  [Boolean, boolean],
  [BigInt, bigint],
  [Date, date],
])

/** Whether JSON, and so a session, can carry a number: neither `Infinity`, as `1e999` is, nor `-0`. */
export function isPlainNumber(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0)
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** Decimal only. An integer that a double cannot hold exactly would become another number. */
function number(text: string): Conversion {
  const value = NUMBER.test(text) ? Number(text) : NaN
  if (!isPlainNumber(value)) return issue('must be a number')
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? issue('must be a number that can be held exactly')
    : { value }
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

function boolean(text: string): Conversion {
  const value = BOOLEANS.get(text)
  return value === undefined ? issue('must be true, false, 1 or 0') : { value }
}

const INTEGER = /^-?\d+$/
/** Reading digits takes time by the square of their number (CWE-407); these are more than 3,300 bits. */
const MOST_DIGITS = 1000

function bigint(text: string): Conversion {
  if (text.length > MOST_DIGITS) return issue(`must be an integer of at most ${MOST_DIGITS} digits`)
  return INTEGER.test(text) ? { value: BigInt(text) } : issue('must be an integer')
}

const DATE = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** RFC 3339, or a day alone (taken as UTC). `Date` would roll 30 February over into March. */
function date(text: string): Conversion {
  const day = DATE.exec(text)?.[1]
  const value = new Date(day === undefined ? NaN : text)
  const isRealDay = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  return isRealDay && !Number.isNaN(value.getTime())
    ? { value }
    : issue('must be a date as in 2026-01-31 or 2026-01-31T12:00:00Z')
}

function construct(type: TextClass, text: string): Conversion {
  try {
    return { value: new type(text) }
  } catch {
    return issue(`must be a valid ${type.name}`)
  }
}
