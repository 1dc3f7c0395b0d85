import { HttpError } from './http-error.js'
import type { Route } from '../routing/route.js'

/** Called once for each request that failed with a 5xx, and not for a bad request. */
export type OnError = (error: unknown, route: Route) => void

/** Options of an `ErrorLog`. */
export interface ErrorLogOptions {
  /** Default: `console.error`. */
  readonly print?: (...line: unknown[]) => void
  /** Calls back after so many milliseconds, without keeping the process alive. Default: a timer of the runtime. */
  readonly after?: (milliseconds: number, run: () => void) => void
}

/**
 * Prints errors when the application has no `onError`: one line for a 503 whose cause is known, the whole
 * stack for an unexpected error. A repeated error is printed once in ten seconds and then counted, so that
 * an outage does not flood the log and slow the process down. Nothing of the request is printed.
 */
export class ErrorLog {
  readonly #print: (...line: unknown[]) => void
  readonly #after: (milliseconds: number, run: () => void) => void
  /** How many of each kind were left out; empty when no window is open. */
  readonly #leftOut = new Map<string, number>()

  constructor({ print = toConsole, after = unreferencedTimer }: ErrorLogOptions = {}) {
    this.#print = print
    this.#after = after
  }

  readonly write: OnError = (error, route) => {
    const kind = `${String(route)} failed: ${wordOf(error)}`
    if (this.#leftOut.size === 0) this.#after(WINDOW, () => this.#closeWindow())
    const known = this.#leftOut.get(kind)
    if (known !== undefined) return void this.#leftOut.set(kind, known + 1)
    if (this.#leftOut.size >= MOST_KINDS)
      return void this.#leftOut.set(OTHERS, (this.#leftOut.get(OTHERS) ?? 0) + 1)
    this.#leftOut.set(kind, 0)
    if (isExplained(error)) this.#print(kind)
    else this.#print(`${String(route)} failed:`, error)
  }

  #closeWindow(): void {
    for (const [kind, count] of this.#leftOut) {
      if (count === 0) continue
      this.#print(`${kind} ... and ${count.toLocaleString('en')} more in ${WINDOW / 1000} s`)
    }
    this.#leftOut.clear()
  }
}

/** In milliseconds. */
const WINDOW = 10_000
/** A bound, because the names and codes of errors may come from anywhere. */
const MOST_KINDS = 200
const OTHERS = 'Other routes failed, or failed otherwise'

/** Status, code and reason of an `HttpError`; the name of any other error. */
function wordOf(error: unknown): string {
  if (!(error instanceof HttpError)) return wordIn(error, 'name') ?? 'not an error'
  return [error.status, wordIn(error, 'code'), inBrackets(reasonOf(error))]
    .filter(Boolean)
    .join(' ')
}

/** Whether one line says enough: a backend is down, and the code has no mistake. */
function isExplained(error: unknown): boolean {
  if (!(error instanceof HttpError) || error.status !== 503) return false
  const reason = reasonOf(error)
  return error.cause === undefined || (reason !== undefined && !MISTAKES.has(reason))
}

/** With these reasons somebody has to look for a mistake, and needs the stack. */
const MISTAKES: ReadonlySet<string> = new Set(['error', 'unspecified', 'contract', 'id-taken'])

function reasonOf({ cause }: HttpError): string | undefined {
  return wordIn(cause, 'reason') ?? wordIn(cause, 'code')
}

function inBrackets(reason: string | undefined): string | undefined {
  return reason && `(${reason})`
}

/** A property that is one word, and shorter than a session id: a text could be about a visitor. */
function wordIn(holder: unknown, name: 'name' | 'code' | 'reason'): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const word: unknown = (holder as Record<string, unknown>)[name]
  return typeof word === 'string' && /^[\w-]{1,40}$/.test(word) ? word : undefined
}

function toConsole(...line: unknown[]): void {
  // oxlint-disable-next-line eslint/no-console -- the documented default
  console.error(...line)
}

function unreferencedTimer(milliseconds: number, run: () => void): void {
  const timer: unknown = setTimeout(run, milliseconds)
  // Some runtimes give a number.
  ;(timer as Partial<NodeJS.Timeout>).unref?.()
}
