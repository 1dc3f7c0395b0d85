import { inject, lazy } from '../../di/index.js'
import {
  CrossOriginCheck,
  Exchange,
  HttpError,
  Next,
  type CrossOriginOptions,
  type Middleware,
} from '../../http/index.js'
import { CsrfToken } from './csrf-token.js'
import { Session } from '../session/session.js'

/**
 * Makes a middleware that does what `crossOriginGuard` does, and then requires the token of the session: in
 * the header `X-CSRF-Token`, or in the field `_csrf` of a form. Without it the response is a 403 with the code
 * `CSRF_TOKEN`, before the handler. A visitor without a session has nothing to bind a token to: for them the
 * origin decides.
 *
 * The body of a form is read for the field: a handler that reads the `Request` itself needs the header.
 *
 * @throws TypeError when an option is not written as it has to be.
 */
export function csrfTokenGuard(options: CrossOriginOptions = {}): Middleware {
  const check = new CrossOriginCheck(options)
  return inject(
    [Exchange, lazy(Session), Next],
    async function csrfTokenGuard(exchange, open, next): Promise<Response> {
      check.assert(exchange)
      if (check.concerns(exchange)) {
        const session = await open()
        const isAllowed = session.isNew || new CsrfToken(session).verify(await sentIn(exchange))
        if (!isAllowed) throw new HttpError(403, DETAIL, { code: 'CSRF_TOKEN' })
      }
      return next()
    },
  )
}

const DETAIL = 'The token of the session is missing or not this one; load the page again'

async function sentIn(exchange: Exchange): Promise<unknown> {
  const { headers } = exchange.request
  const type = headers.get('content-type') ?? ''
  return headers.get('x-csrf-token') ?? (FORM.test(type) ? fieldIn(exchange, type) : undefined)
}

const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i

/** A field that is there twice is none: who reads the first and who reads the last would disagree. */
async function fieldIn(exchange: Exchange, type: string): Promise<unknown> {
  const bytes = (await exchange.bytes()) as Uint8Array<ArrayBuffer>
  const body = new Response(bytes, { headers: { 'content-type': type } })
  // oxlint-disable-next-line typescript/no-deprecated -- discouraged for unbounded bodies; this one is in memory and bounded
  const form = await body.formData().catch(() => undefined)
  const fields = form?.getAll('_csrf') ?? []
  return fields.length === 1 ? fields[0] : undefined
}
