import { HttpError } from '../errors/http-error.js'
import { problem } from '../errors/problem.js'
import { withoutBody } from '../response/respond.js'
import { AllowedHosts } from './host.js'
import { targetMistake } from './request-target.js'

/** What the door looks at. */
interface Arrival {
  readonly method: string
  readonly target: string
  readonly host: string
}

/** What every request has to pass before it is routed, through `listen` and through `fetch`. */
export class Door {
  readonly #allowedHosts: AllowedHosts | undefined

  /** @throws TypeError when an allowed host is none. */
  constructor(allowedHosts: readonly string[] | undefined) {
    this.#allowedHosts = allowedHosts && new AllowedHosts(allowedHosts)
  }

  /** The response to a request of `fetch` that must not be routed. */
  reject({ method, target, host }: Arrival): Response | undefined {
    const mistake = targetMistake(target)
    if (mistake === undefined && this.serves(host)) return undefined
    const response = mistake === undefined ? rejection(421, NOT_SERVED) : rejection(400, mistake)
    return method === 'HEAD' ? withoutBody(response) : response
  }

  /** Whether a host is not somebody else's (RFC 9110 7.4). */
  serves(host: string | undefined): boolean {
    return !this.#allowedHosts || this.#allowedHosts.has(host)
  }
}

/** The detail of a 421. */
export const NOT_SERVED = 'The application does not serve this host'

/** The response to a request that does not reach the application. */
export function rejection(status: number, detail?: string): Response {
  return problem(new HttpError(status, detail))
}
