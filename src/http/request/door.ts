import { HttpError } from '../errors/http-error.js'
import { problem } from '../errors/problem.js'
import { withDefaults } from '../response/default-lines.js'
import { PlainResponse, type HeaderLine } from '../response/plain-response.js'
import { withoutBody } from '../response/respond.js'
import { AllowedHosts } from './host.js'
import type { Refusal } from './refusal.js'
import { pathIn, targetMistake } from './request-target.js'

/** What of a request is known when it is refused. */
interface Refused {
  readonly method?: string | undefined
  readonly target?: string | undefined
}

/** What the door looks at. */
interface Arrival extends Refused {
  readonly method: string
  readonly target: string
  readonly host: string
}

/** What a `Door` needs of the options of the application. */
interface DoorOptions {
  readonly allowedHosts?: readonly string[] | undefined
  /** For each response. */
  readonly lines: readonly HeaderLine[]
  readonly onRefusal: (refusal: Refusal) => void
}

/** What every request has to pass before it is routed, through `listen` and through `fetch`. */
export class Door {
  readonly #allowedHosts: AllowedHosts | undefined
  readonly #lines: readonly HeaderLine[]
  readonly #onRefusal: (refusal: Refusal) => void

  /** @throws TypeError when an allowed host is none. */
  constructor({ allowedHosts, lines, onRefusal }: DoorOptions) {
    this.#allowedHosts = allowedHosts && new AllowedHosts(allowedHosts)
    this.#lines = lines
    this.#onRefusal = onRefusal
  }

  /** The response to a request of `fetch` that must not be routed. */
  reject(arrival: Arrival): Response | undefined {
    const mistake = targetMistake(arrival.target)
    if (mistake !== undefined) return this.refuse(arrival, 400, mistake)
    return this.serves(arrival.host) ? undefined : this.refuse(arrival, 421, NOT_SERVED)
  }

  /** The response to a request that does not reach the application; the access log hears of it. */
  refuse({ method = '', target = '' }: Refused, status: number, detail?: string): PlainResponse {
    const all = withDefaults(problem(new HttpError(status, detail)), this.#lines)
    // What could not be read may have been a HEAD, behind whose response nothing may come (RFC 9110 9.3.2).
    const isWithBody = method !== 'HEAD' && method !== ''
    const response = (isWithBody ? all : withoutBody(all)) as PlainResponse
    const path = target === '' ? '' : loggable(pathIn(target))
    const bytes = Buffer.byteLength(String(response.content ?? ''))
    this.#onRefusal({ method, path, status, bytes })
    return response
  }

  /** Whether a host is not somebody else's (RFC 9110 7.4). */
  serves(host: string | undefined): boolean {
    return !this.#allowedHosts || this.#allowedHosts.has(host)
  }
}

/** The detail of a 421. */
export const NOT_SERVED = 'The application does not serve this host'

/** A path may have been refused because of such a character: a line break in it would forge a line (CWE-117). */
function loggable(path: string): string {
  return path.replaceAll(
    /[^!-~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
