import type { StandardSchemaV1 } from '@standard-schema/spec'
import { inject, isMarker, Parameter, type Component } from '../../di/index.js'
import { HttpError, type FieldError } from '../errors/http-error.js'
import { FormParts } from '../forms/form-parts.js'
import type { Conversion } from '../request/conversion.js'
import { Exchange, type Field } from '../request/exchange.js'
import { requestBody } from '../request/request-body.js'
import { fieldOf } from './field.js'
import { unsupported } from './parse-body.js'
import { PLACES } from './text-field.js'

/** Fills `Param`, `Query`, `Header` and `CookieValue`. */
export class TextComponent implements Component {
  readonly resolve = inject([Parameter, Exchange], valueOf)

  canHandleParameter({ token }: Parameter): boolean {
    return isMarker(token) && PLACES.has(token.label)
  }
}

/** Fills `Body`. */
export class BodyComponent implements Component {
  readonly consumes = requestBody
  readonly resolve = inject([Parameter, Exchange], valueOf)

  canHandleParameter({ token }: Parameter): boolean {
    return isMarker(token, 'Body')
  }
}

/** Fills `FormData`: the form in the body, urlencoded or multipart. */
export class FormComponent implements Component<FormData> {
  readonly consumes = requestBody
  readonly resolve = inject([Exchange], formIn)

  canHandleParameter({ token }: Parameter): boolean {
    return token === FormData
  }
}

/** Fills `FormParts`: the parts of a multipart form, as they arrive. */
export class FormPartsComponent implements Component<FormParts> {
  readonly consumes = requestBody
  readonly resolve = inject([Exchange], partsIn)

  canHandleParameter({ token }: Parameter): boolean {
    return token === FormParts
  }
}

function valueOf(parameter: Parameter, exchange: Exchange): unknown {
  const field = fieldOf(parameter)!
  const conversion = field.read(exchange)
  if (conversion instanceof Promise)
    return conversion.then((result) => valueOrRejection(result, field, exchange))
  return valueOrRejection(conversion, field, exchange)
}

function valueOrRejection(conversion: Conversion, field: Field, exchange: Exchange): unknown {
  return conversion.issues ? badRequest(field, exchange) : conversion.value
}

/**
 * Rejects a request with one 400 that names every bad field. The first bad field ends the request, so that
 * nothing is ever made from a bad value; only then are the other fields read, so a good request pays
 * nothing for it.
 *
 * @throws HttpError 400, always.
 */
async function badRequest(found: Field, exchange: Exchange): Promise<never> {
  const fields = [...new Set([...exchange.endpoint.fields, found])]
  const conversions = await Promise.all(fields.map(async (field) => field.read(exchange)))
  const errors = fields.flatMap((field, index) => errorsOf(field, conversions[index]))
  throw new HttpError(400, 'Some fields of the request do not fit', { errors })
}

function errorsOf(field: Field, conversion: Conversion | undefined): readonly FieldError[] {
  return (conversion?.issues ?? []).map((issue) => {
    const name = field.name ?? pathOf(issue)
    return { in: field.in, ...(name && { name }), detail: issue.message }
  })
}

/** Where in the body: `items.0.sku`. A visitor wrote the keys, so they may be as long as the body. */
function pathOf({ path = [] }: StandardSchemaV1.Issue): string {
  const steps = path.slice(0, LONGEST_PATH).map((step) => {
    return String(typeof step === 'object' ? step.key : step).slice(0, LONGEST_PATH)
  })
  const written = steps.join('.')
  return written.length > LONGEST_PATH ? `${written.slice(0, LONGEST_PATH)}…` : written
}

const LONGEST_PATH = 200

/** A request without a body has no form: it is rejected like a malformed one. */
async function formIn(exchange: Exchange): Promise<FormData> {
  // The size is checked first: a body over the limit is a 413, whatever its type.
  await exchange.bytes()
  if (exchange.bodyKind !== 'form') throw unsupported('a form')
  const form = await exchange.form()
  if (form) return form
  throw new HttpError(400, 'The form in the body is malformed', {
    errors: [{ in: 'body', detail: 'is not a valid form' }],
  })
}

function partsIn(exchange: Exchange): FormParts {
  const type = exchange.request.headers.get('content-type') ?? ''
  if (!/^\s*multipart\/form-data\s*(?:;|$)/i.test(type)) throw unsupported('multipart/form-data')
  return exchange.parts()
}
