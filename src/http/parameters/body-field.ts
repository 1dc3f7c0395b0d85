import {
  converterTo,
  isStandardSchema,
  issue,
  type Conversion,
  type Convert,
} from '../request/conversion.js'
import type { Exchange, Field } from '../request/exchange.js'
import type { BodyType } from './markers.js'
import { parseFields, parseJson, parseText, unsupported } from './parse-body.js'
import { whenMissing } from './text-field.js'

/** The body, and its check. */
export class BodyField implements Field {
  readonly in = 'body'
  readonly #type: BodyType | undefined
  readonly #check: Convert
  readonly #isOptional: boolean

  constructor(type: BodyType | undefined, isOptional: boolean) {
    this.#type = type
    this.#check = checkOf(type)
    this.#isOptional = isOptional
  }

  async read(exchange: Exchange): Promise<Conversion> {
    const bytes = await exchange.bytes()
    if (bytes.length === 0)
      return this.#isOptional ? { value: undefined } : whenMissing(this.#check)
    const parsed = await this.#parse(bytes, exchange)
    return parsed.issues ? parsed : this.#check(parsed.value)
  }

  /** @throws HttpError 415 for a body of another kind. */
  #parse(bytes: Uint8Array, exchange: Exchange): Conversion | Promise<Conversion> {
    if (this.#type === Uint8Array) return { value: bytes }
    const kind = exchange.bodyKind
    if (this.#type === String) {
      const isText = kind === 'text' || !exchange.request.headers.has('content-type')
      if (isText) return parseText(bytes)
      throw unsupported('text')
    }
    if (kind === 'json') return parseJson(bytes)
    if (kind === 'form') return exchange.form().then(parseFields)
    throw unsupported('JSON or a form')
  }
}

/** A constructor only says what kind of value the body must be; a shape needs a schema. */
function checkOf(type: BodyType | undefined): Convert {
  if (isStandardSchema(type)) return converterTo(type)
  const [isFitting, name] = KINDS.get(type) ?? [(value: unknown) => value !== undefined, 'sent']
  return (value) => (isFitting(value) ? { value } : issue(`must be ${name}`))
}

type Kind = readonly [isFitting: (value: unknown) => boolean, name: string]

const KINDS = new Map<unknown, Kind>([
  [String, [(value) => typeof value === 'string', 'a text']],
  [Number, [(value) => typeof value === 'number', 'a number']],
  [Boolean, [(value) => typeof value === 'boolean', 'true or false']],
  [Array, [(value) => Array.isArray(value), 'a list']],
  [Uint8Array, [(value) => value instanceof Uint8Array, 'bytes']],
])
