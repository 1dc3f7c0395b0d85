import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Conversion } from '../request/conversion.js'
import type { Exchange, Field } from '../request/exchange.js'
import { HttpError, type FieldError } from '../errors/http-error.js'

/**
 * Rejects a request with one 400 that names every bad field. The first bad field ends the request, so that
 * nothing is ever made from a bad value; only then are the other fields read, so a good request pays
 * nothing for it.
 *
 * @throws HttpError 400, always.
 */
export async function badRequest(found: Field, exchange: Exchange): Promise<never> {
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

/** Where in the body: `items.0.sku`. */
function pathOf({ path = [] }: StandardSchemaV1.Issue): string {
  return path.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
}
