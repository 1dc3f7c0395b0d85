import { isMarker, type Parameter } from '../di/index.js'
import type { Route } from '../http/index.js'
import { acceptsNothing, jsonSchemaOf, type JsonSchema } from './json-schema.js'
import type { PathTemplate } from './path-template.js'

/** What OpenAPI says of one method of one path. */
export interface Operation {
  readonly operationId: string
  readonly tags?: readonly string[]
  readonly description?: string
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; content?: Content }>>
}

interface ParameterObject {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: JsonSchema
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>

/** A route as its plan knows it. */
export interface RouteFacts {
  readonly route: Route
  /** `Pages.home` */
  readonly handler: string
  readonly parameters: readonly Parameter[]
  readonly template: PathTemplate
  /** Whether it reads a form of which nothing is known. */
  readonly takesForm: 'form' | 'multipart' | undefined
  /** Those that are taken. */
  readonly ids: Set<string>
}

export function operationOf(facts: RouteFacts): Operation {
  const { handler, template } = facts
  const [parameters, requestBody] = [parametersOf(facts), bodyOf(facts)]
  const [controller, method] = handler.split('.')
  return {
    operationId: idOf(facts),
    ...(controller && method && { tags: [controller] }),
    ...(template.note && { description: template.note }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: responsesOf(parameters.length > 0 || requestBody !== undefined),
  }
}

function idOf({ route, handler, ids }: RouteFacts): string {
  const isNameless = handler.startsWith('the handler of ')
  const written = isNameless ? `${route.method.toLowerCase()} ${route.path}` : handler
  const id = written.replaceAll(/\W+/g, '_').replace(/_+$/, '')
  let unique = id
  for (let count = 2; ids.has(unique); count += 1) unique = `${id}_${count}`
  ids.add(unique)
  return unique
}

const PLACES: Readonly<Record<string, string>> = {
  Param: 'path',
  byName: 'path',
  Query: 'query',
  Header: 'header',
  CookieValue: 'cookie',
}

/** OpenAPI 3.1, 4.8.12.1: these headers are no parameters. */
const NO_PARAMETERS = new Set(['accept', 'content-type', 'authorization'])

function parametersOf({ parameters, template }: RouteFacts): ParameterObject[] {
  const found = new Map<string, ParameterObject>()
  for (const { token, isOptional, designType } of parameters) {
    if (!isMarker(token)) continue
    const place = PLACES[token.label]
    if (place === undefined) continue
    const [name, given, list] = token.details as [string, unknown, string?]
    if (place === 'path' && !template.names.includes(name)) continue
    if (place === 'header' && NO_PARAMETERS.has(name)) continue
    const type = token.label === 'byName' ? byName(given as string) : undefined
    const schema = type ?? jsonSchemaOf(given ?? designType ?? String)
    const isList = list === 'list'
    const required = place === 'path' || !(isOptional || isList || acceptsNothing(given))
    const written = isList ? { type: 'array', items: schema } : schema
    const known = found.get(`${place} ${name}`)
    // Two that take the same value: one of them needs it.
    found.set(`${place} ${name}`, {
      ...(known ?? { name, in: place, schema: written }),
      required: required || (known?.required ?? false),
    })
  }
  for (const name of template.names) {
    const key = `path ${name}`
    if (!found.has(key))
      found.set(key, { name, in: 'path', required: true, schema: { type: 'string' } })
  }
  return [...found.values()]
}

/** A plain parameter of a handler: the name of a primitive, or literals as a JSON array. */
function byName(type: string): JsonSchema | undefined {
  return type.startsWith('[') ? { enum: JSON.parse(type) as unknown } : undefined
}

function bodyOf({ parameters, takesForm }: RouteFacts): Operation['requestBody'] {
  for (const { token, designType, isOptional } of parameters) {
    if (!isMarker(token, 'Body')) continue
    const type: unknown = token.details[0] ?? designType
    return { required: !isOptional && !acceptsNothing(type), content: contentOf(type) }
  }
  if (takesForm === undefined) return undefined
  const schema = { type: 'object' }
  const multipart = { 'multipart/form-data': { schema } }
  const urlencoded = { 'application/x-www-form-urlencoded': { schema } }
  return {
    required: true,
    content: takesForm === 'form' ? { ...urlencoded, ...multipart } : multipart,
  }
}

function contentOf(type: unknown): Content {
  if (type === Uint8Array) return { '*/*': {} }
  const schema = jsonSchemaOf(type)
  if (type === String) return { 'text/plain': { schema } }
  return {
    'application/json': { schema },
    'application/x-www-form-urlencoded': { schema },
    'multipart/form-data': { schema },
  }
}

function responsesOf(hasFields: boolean): Operation['responses'] {
  const open = { description: 'What the handler returns is not described.' }
  if (!hasFields) return { default: open }
  const schema = { $ref: '#/components/schemas/Problem' }
  const description = 'A field of the request does not fit: each is named.'
  return {
    '400': { description, content: { 'application/problem+json': { schema } } },
    default: open,
  }
}
