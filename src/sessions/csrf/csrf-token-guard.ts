import {
  checkedElsewhere,
  checkOptions,
  inject,
  lazy,
  type OptionRules,
  type Token,
} from '../../di/index.js'
import {
  asGuard,
  CROSS_ORIGIN_RULES,
  CrossOriginCheck,
  Exchange,
  HttpError,
  Next,
  noteMaker,
  type CrossOriginOptions,
  type Middleware,
} from '../../http/index.js'
import { ownOptions } from '../errors/options.js'
import { CsrfToken } from './csrf-token.js'
import { Session } from '../session/session.js'

/** How requests are checked for the token of a session. */
export interface CsrfTokenGuardOptions extends CrossOriginOptions {
  /** The kind of session whose token is required: what `sessions(store, { as })` was given. Default: `Session`. */
  readonly as?: Token<Session>
}

/**
 * Makes a middleware that does what `crossOriginGuard` does, and then requires the token of the session:
 * in the header `X-CSRF-Token`, or in the field `_csrf` of a form. Without it the response is a 403 with the
 * code `CSRF_TOKEN`, before the handler runs. A visitor without a session has nothing to bind a token to:
 * for them the origin decides.
 *
 * The body of a form is read for the field: a handler that reads the `Request` itself needs the header.
 *
 * Where an application has two kinds of session, `ready()` refuses a route that uses one kind behind a guard of
 * the other: a visitor with that one alone would need no token.
 *
 * @throws TypeError when an option is not written as it has to be.
 */
export function csrfTokenGuard(options: CsrfTokenGuardOptions = {}): Middleware {
  checkOptions('csrfTokenGuard', options, RULES)
  const { as = Session, ...origins } = ownOptions(options)
  const check = new CrossOriginCheck(origins)
  const guard = asGuard(
    inject(
      [Exchange, lazy(as), Next],
      async function csrfTokenGuard(exchange, open, next): Promise<Response> {
        check.assert(exchange)
        if (exchange.endpoint.hasHandler && check.concerns(exchange)) {
          const session = await open()
          const isAllowed = session.isNew || new CsrfToken(session).verify(await tokenIn(exchange))
          if (!isAllowed) throw new HttpError(403, DETAIL, { code: 'CSRF_TOKEN' })
        }
        return next()
      },
    ),
  )
  guards.set(guard, { as, check })
  return guard
}

noteMaker(csrfTokenGuard)

/** The guards that were made, so that start-up can tell a route that a guard does not cover. */
const guards = new WeakMap<object, CsrfGuard>()

/** What a guard checks: the token of one kind of session, for some routes. */
export interface CsrfGuard {
  readonly as: Token
  readonly check: CrossOriginCheck
}

/** The guard that a function is, if it is one. */
export function csrfGuardOf(middleware: unknown): CsrfGuard | undefined {
  return guards.get(Object(middleware))
}

const DETAIL = 'The token of the session is missing or not this one; load the page again'

async function tokenIn(exchange: Exchange): Promise<unknown> {
  const header = exchange.request.headers.get('x-csrf-token')
  return header ?? (exchange.bodyKind === 'form' ? fieldIn(await exchange.form()) : undefined)
}

/** A field that is sent twice counts as none: one reader would take the first, another the last. */
function fieldIn(form: FormData | undefined): unknown {
  const fields = form?.getAll('_csrf') ?? []
  return fields.length === 1 ? fields[0] : undefined
}

const RULES: OptionRules<CsrfTokenGuardOptions> = { ...CROSS_ORIGIN_RULES, as: checkedElsewhere }
