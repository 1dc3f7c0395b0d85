import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError } from '../errors/http-error.js'
import { problem } from '../errors/problem.js'
import { BoundedRequest, type RequestBounds } from './bounded-request.js'
import { TrustedProxies, type TrustProxy } from './trusted-proxies.js'

/** What a `RequestGate` needs to know. */
export interface RequestGateOptions {
  readonly headerLineLimit: number
  readonly trustProxy: TrustProxy
}

/** Stands before the application: rejects what Node's parser lets through, and applies trusted proxies. */
export class RequestGate {
  readonly #headerLineLimit: number
  readonly #proxies: TrustedProxies | undefined
  /** Most requests name the host that the last one named. */
  #knownHost: string | undefined

  constructor({ headerLineLimit, trustProxy }: RequestGateOptions) {
    this.#headerLineLimit = headerLineLimit
    if (trustProxy === false || trustProxy === 0) return
    this.#proxies = new TrustedProxies(trustProxy)
    if (trustProxy === true) process.emitWarning(TRUSTS_ALL, 'HttpWarning')
  }

  /** The response to a request that must not reach the application. */
  reject({ rawHeaders, url = '' }: IncomingMessage): Response | undefined {
    // Node would drop the last lines silently: those that a proxy in front has added.
    if (rawHeaders.length > 2 * this.#headerLineLimit) return rejection(431)
    if (url[0] !== '/' && !isTarget(url)) return rejection(400, 'The target cannot be read')
    const host = hostIn(rawHeaders)
    if (host === TWO_HOSTS) return rejection(400, 'The Host cannot be read')
    if (host === undefined || host === this.#knownHost) return undefined
    if (!isHost(host)) return rejection(400, 'The Host cannot be read')
    this.#knownHost = host
    return undefined
  }

  /** Whether the visitor came over https, according to the socket or a trusted proxy. */
  isHttps(message: IncomingMessage): boolean {
    return 'encrypted' in message.socket || (this.#proxies?.sawHttps(message) ?? false)
  }

  /** The standard request that Node is to respond to. */
  requestOf(res: ServerResponse, bounds: () => RequestBounds): BoundedRequest {
    const request = new BoundedRequest(res, bounds)
    if (this.#proxies) this.#applyForwardedProto(request, res.req)
    return request
  }

  /** Gives a request the URL that the visitor has asked a proxy for. */
  #applyForwardedProto(request: Request, message: IncomingMessage): void {
    const { url } = request
    if (!url.startsWith('http:') || !this.isHttps(message)) return
    // The own property hides the getter; a clone is made of it, too.
    Object.defineProperty(request, 'url', { value: url.replace('http:', 'https:') })
  }
}

/** Node would build its `headers` of all the lines for this, and many handlers never ask for them. */
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

/** RFC 9112 3.2: more than one is a 400; a proxy in front may have read the other one. */
const TWO_HOSTS = Symbol('two hosts')

/** RFC 9112 3.2: an invalid Host is a 400. Later it would make the URL of the request throw. */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host) && URL.canParse(`http://${host}`)
}

/** RFC 9112 3.2: beside a path, `OPTIONS *` and the absolute form that proxies are sent. */
function isTarget(target: string): boolean {
  return target === '*' || (/^https?:\/\//i.test(target) && URL.canParse(target))
}

function rejection(status: number, detail?: string): Response {
  return problem(new HttpError(status, detail, { headers: { connection: 'close' } }))
}

const TRUSTS_ALL =
  'trustProxy: true believes the X-Forwarded-Proto of whoever reaches the port. ' +
  "Name the proxies: trustProxy: ['10.0.0.0/8'], or how many there are: trustProxy: 1."
