import { FastURL, type ServerRequest } from 'srvx'
import { urlOf } from './exchange.js'
import { HttpError } from './http-error.js'
import { problem } from './problem.js'
import { TrustedProxies, type TrustProxy } from './trusted-proxies.js'

type Fetch = (request: Request) => Response | Promise<Response>

/** What comes before the application: refuses what Node's parser lets through, and believes trusted proxies. */
export function entrance(
  fetch: Fetch,
  { headerLineLimit, trustProxy }: { headerLineLimit: number; trustProxy: TrustProxy },
): Fetch {
  const doorkeeper = new Doorkeeper(headerLineLimit)
  if (trustProxy === false || trustProxy === 0) {
    return (request) => doorkeeper.refusal(request) ?? fetch(request)
  }
  const proxies = new TrustedProxies(trustProxy)
  if (trustProxy === true) process.emitWarning(TRUSTS_ALL, 'HttpWarning')
  return (request) => {
    const refusal = doorkeeper.refusal(request)
    if (refusal) return refusal
    believe(proxies, request)
    return fetch(request)
  }
}

class Doorkeeper {
  readonly #headerLineLimit: number
  /** Most requests name the host that the last one named. */
  #knownHost: string | undefined

  constructor(headerLineLimit: number) {
    this.#headerLineLimit = headerLineLimit
  }

  /** The answer of a request that may not enter. */
  refusal({ runtime }: ServerRequest): Response | undefined {
    const message = runtime?.node?.req
    if (!message) return undefined
    // Node would leave out the last lines without a word: those that a proxy in front has added.
    const { rawHeaders } = message
    if (rawHeaders.length > 2 * this.#headerLineLimit) return refused(431)
    const host = hostIn(rawHeaders)
    if (host === TWO_HOSTS) return refused(400, 'The Host cannot be read')
    if (host === undefined || host === this.#knownHost) return undefined
    if (!isHost(host)) return refused(400, 'The Host cannot be read')
    this.#knownHost = host
    return undefined
  }
}

/** `headers` would be made of all the lines for it, which many handlers never ask for. */
function hostIn(rawHeaders: readonly string[]): string | typeof TWO_HOSTS | undefined {
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return TWO_HOSTS
    host = rawHeaders[index + 1]
  }
  return host
}

/** RFC 9112 3.2: more than one is a 400; who stands before us may have read the other. */
const TWO_HOSTS = Symbol('two hosts')

/** RFC 9112 3.2: an invalid Host is a 400. Later it would make the URL of the request throw. */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host) && URL.canParse(`http://${host}`)
}

function refused(status: number, detail?: string): Response {
  return problem(new HttpError(status, detail, { headers: { connection: 'close' } }))
}

function believe(proxies: TrustedProxies, request: ServerRequest): void {
  const message = request.runtime?.node?.req
  const url = urlOf(request)
  if (message && url.protocol === 'http:' && proxies.sawHttps(message))
    request._url = new FastURL(url.href.replace('http:', 'https:'))
}

const TRUSTS_ALL =
  'trustProxy: true believes the X-Forwarded-Proto of whoever reaches the port. ' +
  "Name the proxies: trustProxy: ['10.0.0.0/8'], or how many there are: trustProxy: 1."
