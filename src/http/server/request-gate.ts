import type { IncomingMessage, ServerResponse } from 'node:http'
import { FastURL, type ServerRequest } from 'srvx'
import { NodeRequest } from 'srvx/node'
import { HttpError } from '../errors/http-error.js'
import { problem } from '../errors/problem.js'
import { urlOf } from '../request/fetch-exchange.js'
import { TrustedProxies, type TrustProxy } from './trusted-proxies.js'

/** What an `Entrance` goes by. */
export interface EntranceOptions {
  readonly headerLineLimit: number
  readonly trustProxy: TrustProxy
  /** In bytes. */
  readonly bodyLimit: number
}

/** What comes before the application: refuses what Node's parser lets through, and believes trusted proxies. */
export class RequestGate {
  readonly #headerLineLimit: number
  readonly #bodyLimit: number
  readonly #proxies: TrustedProxies | undefined
  /** Most requests name the host that the last one named. */
  #knownHost: string | undefined

  constructor({ headerLineLimit, trustProxy, bodyLimit }: EntranceOptions) {
    this.#headerLineLimit = headerLineLimit
    this.#bodyLimit = bodyLimit
    if (trustProxy === false || trustProxy === 0) return
    this.#proxies = new TrustedProxies(trustProxy)
    if (trustProxy === true) process.emitWarning(TRUSTS_ALL, 'HttpWarning')
  }

  /** The answer of a request that may not enter. */
  reject({ rawHeaders }: IncomingMessage): Response | undefined {
    // Node would leave out the last lines without a word: those that a proxy in front has added.
    if (rawHeaders.length > 2 * this.#headerLineLimit) return refused(431)
    const host = hostIn(rawHeaders)
    if (host === TWO_HOSTS) return refused(400, 'The Host cannot be read')
    if (host === undefined || host === this.#knownHost) return undefined
    if (!isHost(host)) return refused(400, 'The Host cannot be read')
    this.#knownHost = host
    return undefined
  }

  /** Whether the visitor came over https, by the socket or by the word of a trusted proxy. */
  isHttps(message: IncomingMessage): boolean {
    return 'encrypted' in message.socket || (this.#proxies?.sawHttps(message) ?? false)
  }

  /** The standard request of what Node is to answer. */
  requestOf(answer: ServerResponse): ServerRequest {
    const { req } = answer
    const maxRequestBodySize = this.#bodyLimit
    const request: ServerRequest = new NodeRequest({ req, res: answer, maxRequestBodySize })
    this.applyForwardedProto(request, req)
    return request
  }

  /** Gives a request the URL that the visitor has asked for. */
  applyForwardedProto(request: ServerRequest, message: IncomingMessage): void {
    if (!this.#proxies) return
    const url = urlOf(request)
    if (url.protocol === 'http:' && this.#proxies.sawHttps(message))
      request._url = new FastURL(url.href.replace('http:', 'https:'))
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

const TRUSTS_ALL =
  'trustProxy: true believes the X-Forwarded-Proto of whoever reaches the port. ' +
  "Name the proxies: trustProxy: ['10.0.0.0/8'], or how many there are: trustProxy: 1."
