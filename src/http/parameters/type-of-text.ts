import type { StandardSchemaV1 } from '@standard-schema/spec'

type Literal = string | number | boolean

/** Accepts a text that is one of some literals, given as a JSON array. */
export function oneOf(type: string): StandardSchemaV1<unknown, Literal> {
  const literals = JSON.parse(type) as readonly Literal[]
  const written = literals.map((literal) => JSON.stringify(literal))
  const message = `must be ${[written.slice(0, -1).join(', '), written.at(-1)].filter(Boolean).join(' or ')}`
  const validate = (text: unknown): StandardSchemaV1.Result<Literal> => {
    const value = literals.find((literal) => String(literal) === text)
    return value === undefined ? { issues: [{ message }] } : { value }
  }
  return { '~standard': { version: 1, vendor: 'ingot', validate } }
}
