import Negotiator from 'negotiator'
import { FastResponse } from 'srvx'
import type { Problem } from './http-error.js'
import { problem, problemOf } from './problem.js'

/** What clients see of errors in place of problem+json. What is left out stays as it is. */
export interface ErrorPages {
  /**
   * Makes the page for clients that prefer HTML, as browsers do. `detail` and `errors` may say what a visitor
   * sent: escape them.
   */
  readonly html?: (problem: Problem, request: Request) => string
  /** Makes the value that every other client gets as JSON. */
  readonly json?: (problem: Problem, request: Request) => unknown
}

/**
 * The response for an error, with the page that `Accept` asks for (RFC 9110 12.5.1).
 *
 * @throws whatever the function of the application throws.
 */
export function errorPage(pages: ErrorPages, error: unknown, request: Request): Response {
  const { status, headers } = problem(error)
  const facts = problemOf(error)
  // Caches must not give the page of one kind of client to the other (RFC 9110 12.5.5).
  if (pages.html) headers.append('vary', 'Accept')
  const [type, body] =
    pages.html && prefersHtml(request)
      ? ['text/html; charset=utf-8', pages.html(facts, request)]
      : pages.json
        ? ['application/json', JSON.stringify(pages.json(facts, request))]
        : ['application/problem+json', JSON.stringify(facts)]
  headers.set('content-type', type)
  return new FastResponse(body, { status, headers })
}

const HTML = 'text/html'
/** The first wins where a client takes all alike, as most programs do. */
const TYPES = ['application/json', 'application/problem+json', HTML]

function prefersHtml({ headers }: Request): boolean {
  const accept = headers.get('accept')
  return accept !== null && new Negotiator({ headers: { accept } }).mediaType(TYPES) === HTML
}
