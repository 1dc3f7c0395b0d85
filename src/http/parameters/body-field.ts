import {
  converterTo,
  isStandardSchema,
  issue,
  type Conversion,
  type Convert,
} from '../request/conversion.js'
import type { Exchange, Field } from '../request/exchange.js'
import type { BodyType } from './markers.js'
import { parseBody, parseText } from './parse-body.js'
import { whenMissing } from './text-field.js'

/** The body, and what it must be. */
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
    const parsed = await this.#parse(bytes, exchange.request.headers.get('content-type'))
    return parsed.issues ? parsed : this.#check(parsed.value)
  }

  #parse(bytes: Uint8Array, contentType: string | null): Conversion | Promise<Conversion> {
    if (this.#type === Uint8Array) return { value: bytes }
    return this.#type === String ? parseText(bytes, contentType) : parseBody(bytes, contentType)
  }
}

/** Constructors only say what kind of value it must be; a body that must have a shape needs a schema. */
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
