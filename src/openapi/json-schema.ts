import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A JSON Schema, as data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The dialect of OpenAPI 3.1. */
const TARGET = 'draft-2020-12'

/** What a schema of the Standard JSON Schema specification has beside those of Standard Schema. */
interface WithJsonSchema {
  readonly jsonSchema?: {
    readonly input?: (options: { readonly target: string }) => Record<string, unknown>
  }
}

/** What fits a type of a marker: a constructor, a class that takes a text, or a Standard Schema. */
export function jsonSchemaOf(type: unknown): JsonSchema {
  if (isStandardSchema(type)) return schemaOf(type)
  const known = CONSTRUCTORS.get(type)
  if (known) return known
  if (typeof type === 'function') return { type: 'string', description: `What ${type.name} takes.` }
  return {}
}

/** Whether a value may be missing: the schema accepts nothing, for it has a default or is optional. */
export function acceptsNothing(type: unknown): boolean {
  if (!isStandardSchema(type)) return false
  try {
    const result = type['~standard'].validate(undefined)
    return !(result instanceof Promise) && result.issues === undefined
  } catch {
    return false
  }
}

function schemaOf({ '~standard': standard }: StandardSchemaV1): JsonSchema {
  const { jsonSchema } = standard as WithJsonSchema
  const open = `Checked by a schema of ${standard.vendor}, which gives no JSON Schema.`
  if (!jsonSchema?.input) return { description: open }
  try {
    const { $schema: _, ...schema } = jsonSchema.input({ target: TARGET })
    return schema
  } catch {
    // A part of it, such as a transformation, cannot be said in JSON Schema.
    return { description: open }
  }
}

function isStandardSchema(type: unknown): type is StandardSchemaV1 {
  const isHolder = (typeof type === 'object' && type !== null) || typeof type === 'function'
  return isHolder && '~standard' in type
}

const CONSTRUCTORS: ReadonlyMap<unknown, JsonSchema> = new Map<unknown, JsonSchema>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [BigInt, { type: 'integer' }],
  [
    Date,
    {
      type: 'string',
      anyOf: [{ format: 'date' }, { format: 'date-time' }],
    },
  ],
  [URL, { type: 'string', format: 'uri' }],
  [Array, { type: 'array' }],
  [Object, {}],
  [undefined, {}],
])
