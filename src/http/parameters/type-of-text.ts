import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { TextType } from '../request/conversion.js'

/**
 * What a text is converted to for a parameter whose type was only read as text: the name of a
 * primitive, or a JSON array of the literals it may be.
 */
export function typeOfText(type: string): TextType {
  return PRIMITIVES.get(type) ?? oneOf(JSON.parse(type) as readonly Literal[])
}

type Literal = string | number | boolean

const PRIMITIVES: ReadonlyMap<string, TextType> = new Map<string, TextType>([
  ['string', String],
  ['number', Number],
  ['boolean', Boolean],
  ['bigint', BigInt],
])

function oneOf(literals: readonly Literal[]): StandardSchemaV1<unknown, Literal> {
  const written = literals.map((literal) => JSON.stringify(literal))
  const message = `must be ${[written.slice(0, -1).join(', '), written.at(-1)].filter(Boolean).join(' or ')}`
  const validate = (text: unknown): StandardSchemaV1.Result<Literal> => {
    const value = literals.find((literal) => String(literal) === text)
    return value === undefined ? { issues: [{ message }] } : { value }
  }
  return { '~standard': { version: 1, vendor: 'ingot', validate } }
}
