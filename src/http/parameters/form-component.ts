import { inject, type Component, type Parameter } from '../../di/index.js'
import { Exchange } from '../request/exchange.js'
import { HttpError } from '../errors/http-error.js'
import { requestBody } from '../request/request-body.js'
import { formOf } from './parse-body.js'

/** Fills `FormData`: the form in the body, urlencoded or multipart. */
export class FormComponent implements Component<FormData> {
  readonly consumes = requestBody
  readonly resolve = inject([Exchange], formIn)

  canHandleParameter({ token }: Parameter): boolean {
    return token === FormData
  }
}

/** A request without a body has no form: it is refused like a form that is malformed. */
async function formIn(exchange: Exchange): Promise<FormData> {
  const form = await formOf(await exchange.bytes(), exchange.request.headers.get('content-type'))
  if (!form)
    throw new HttpError(400, 'The form in the body is malformed', {
      errors: [{ in: 'body', detail: 'is not a valid form' }],
    })
  return form
}
