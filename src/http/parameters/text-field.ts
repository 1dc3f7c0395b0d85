import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  converterTo,
  issue,
  type Conversion,
  type Convert,
  type TextType,
} from '../request/conversion.js'
import type { Exchange, Field } from '../request/exchange.js'

type Place = 'path' | 'query' | 'header' | 'cookie'

/** Where each marker looks for its text. A plain parameter `sku: string` is one of the path. */
export const PLACES: ReadonlyMap<string, Place> = new Map([
  ['Param', 'path'],
  ['byName', 'path'],
  ['Query', 'query'],
  ['Header', 'header'],
  ['CookieValue', 'cookie'],
])

/** A text of the path, query, headers or cookies, and its conversion. */
export class TextField implements Field {
  readonly in: Place
  readonly name: string
  readonly #convert: Convert
  readonly #isOptional: boolean
  readonly #absent: null | undefined
  readonly #isList: boolean

  constructor(
    place: Place,
    name: string,
    type: TextType,
    facts: { isOptional: boolean; absent: null | undefined; isList: boolean },
  ) {
    this.in = place
    this.name = name
    this.#convert = converterTo(type)
    this.#isOptional = facts.isOptional
    this.#absent = facts.absent
    this.#isList = facts.isList
  }

  read(exchange: Exchange): Conversion | Promise<Conversion> {
    if (this.#isList) return convertEach(exchange.query.getAll(this.name), this.#convert)
    const text = READ[this.in](exchange, this.name)
    if (text !== undefined) return this.#convert(text)
    return this.#isOptional ? { value: this.#absent } : whenMissing(this.#convert)
  }
}

const READ: Readonly<Record<Place, (exchange: Exchange, name: string) => string | undefined>> = {
  path: (exchange, name) => exchange.params[name],
  query: (exchange, name) => exchange.query.get(name) ?? undefined,
  header: (exchange, name) => exchange.request.headers.get(name) ?? undefined,
  cookie: (exchange, name) => exchange.cookies.get(name),
}

/** A schema may have a default for a missing value; otherwise our message is clearer than the schema's. */
export function whenMissing(convert: Convert): Conversion | Promise<Conversion> {
  const conversion = convert(undefined)
  const withMessage = (result: Conversion): Conversion =>
    result.issues ? issue('is required') : result
  return conversion instanceof Promise ? conversion.then(withMessage) : withMessage(conversion)
}

function convertEach(texts: readonly string[], convert: Convert): Conversion | Promise<Conversion> {
  const conversions = texts.map(convert)
  const isReady = conversions.every((conversion) => !(conversion instanceof Promise))
  if (isReady) return joinConversions(conversions as readonly Conversion[])
  return Promise.all(conversions.map(async (conversion) => conversion)).then(joinConversions)
}

function joinConversions(conversions: readonly Conversion[]): Conversion {
  const issues = conversions.flatMap((conversion) => conversion.issues ?? [])
  return issues.length > 0
    ? { issues }
    : { value: conversions.map((conversion) => 'value' in conversion && conversion.value) }
}

type Literal = string | number | boolean

/**
 * Literals are all that is known of some types: `'asc' | 'desc'`.
 *
 * @param json the literals as a JSON array.
 */
export function oneOf(json: string): StandardSchemaV1 {
  const literals = JSON.parse(json) as readonly Literal[]
  const written = literals.map((literal) => JSON.stringify(literal))
  const message = `must be ${[written.slice(0, -1).join(', '), written.at(-1)].filter(Boolean).join(' or ')}`
  const validate = (text: unknown): Conversion => {
    const value = literals.find((literal) => String(literal) === text)
    return value === undefined ? issue(message) : { value }
  }
  return { '~standard': { version: 1, vendor: 'ingot', validate } }
}
