import { describeGiven } from '../../di/index.js'
import { checkHeader } from '../headers/sendable.js'
import type { HeaderLine } from '../response/plain-response.js'

/** One bad field of a request, as a 400 lists it. */
export interface FieldError {
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body'
  /** The parameter's name, or the path inside the body; absent for the body as a whole. */
  readonly name?: string
  /** What is wrong with it; never the value. */
  readonly detail: string
}

/** Options of an `HttpError`. */
export interface HttpErrorOptions {
  /** Headers of the response, for example `{ 'retry-after': '1' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** A stable word for programs; part of the response. */
  readonly code?: string
  /** The bad fields of the request; part of the response. */
  readonly errors?: readonly FieldError[]
  /** The error behind it; reported, never part of the response. */
  readonly cause?: unknown
}

const BRAND = Symbol.for('ingot.HttpError')

/** An error that becomes a response: `throw new HttpError(404, 'No such todo')`. The client sees its detail. */
export class HttpError extends Error {
  readonly status: number
  readonly detail: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly code: string | undefined
  readonly errors: readonly FieldError[] | undefined

  /** @internal - what its copies in other packages are known by. */
  get [BRAND](): true {
    return true
  }

  /** Errors of another copy of Ingot count, too: a package may bring its own. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== HttpError) return Function.prototype[Symbol.hasInstance].call(this, value)
    return typeof value === 'object' && value !== null && BRAND in value
  }

  /**
   * @throws RangeError when the status is not an integer from 400 to 599.
   * @throws TypeError when a header cannot be sent, for example because of a line break.
   */
  constructor(status: number, detail?: string, options: HttpErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(
        `An HttpError has a status from 400 to 599, not ${describeGiven(status)}: new HttpError(404, 'Not here.').`,
      )
    }
    const { headers = {} } = options
    for (const [name, content] of Object.entries(headers)) checkHeader(name, content, 'HttpError')
    super(detail ?? titleOf(status), 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'HttpError'
    this.status = status
    this.detail = detail
    this.headers = headers
    this.code = options.code
    this.errors = options.errors
  }

  /** The status, by the name that Fastify and others look for. */
  get statusCode(): number {
    return this.status
  }

  /** Koa shows the message of such an error to the client. */
  get expose(): true {
    return true
  }

  /** The `application/problem+json` response (RFC 9457); Hono sends it where no error handler does otherwise. */
  getResponse(): Response {
    const { body, lines } = problemParts(this)
    return new Response(body, { status: this.status, headers: lines as [string, string][] })
  }
}

/** What a client sees of an error (RFC 9457). */
export interface Problem {
  /** The phrase of the status. */
  readonly title: string
  readonly status: number
  readonly detail: string | undefined
  readonly code: string | undefined
  readonly errors: readonly FieldError[] | undefined
}

/** @internal */
export function publicPartOf({ status, detail, code, errors }: HttpError): Problem {
  return { title: titleOf(status), status, detail, code, errors }
}

/** What a response for an error is made of. @internal */
export function problemParts(error: HttpError): {
  readonly body: string
  readonly lines: HeaderLine[]
} {
  // JSON leaves out what is undefined.
  const body = JSON.stringify(publicPartOf(error))
  const lines = Object.entries(error.headers)
    .map(([name, content]): HeaderLine => [name.toLowerCase(), content])
    .filter(([name]) => !OWN.has(name))
  return { body, lines: [...lines, ['content-type', 'application/problem+json']] }
}

/** They say how this body is to be read; those of an `HttpError` are about another one. */
const OWN: ReadonlySet<string> = new Set(['content-type', 'content-length', 'transfer-encoding'])

/** The phrase of a status (RFC 9110 15), or that of its class. */
export function titleOf(status: number): string {
  return TITLES.get(status) ?? (status < 500 ? 'Client Error' : 'Server Error')
}

const TITLES = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [408, 'Request Timeout'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [411, 'Length Required'],
  [412, 'Precondition Failed'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Range Not Satisfiable'],
  [417, 'Expectation Failed'],
  [421, 'Misdirected Request'],
  [422, 'Unprocessable Content'],
  [423, 'Locked'],
  [424, 'Failed Dependency'],
  [425, 'Too Early'],
  [426, 'Upgrade Required'],
  [428, 'Precondition Required'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
])
