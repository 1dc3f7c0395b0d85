import type { ServerResponse } from 'node:http'
import { ClientAddress } from '../request/client-address.js'
import { NOT_SERVED, type Door } from '../request/door.js'
import { isHost, normalHost } from '../request/host.js'
import { pathIn, PLAIN_TARGET, targetMistake } from '../request/request-target.js'
import { normalPath } from '../routing/path.js'
import { BoundedRequest, type RequestBounds } from './bounded-request.js'
import { TrustedProxies, type ForwardedMessage, type TrustProxy } from './trusted-proxies.js'

/** What a `RequestGate` needs to know. */
export interface RequestGateOptions {
  readonly door: Door
  readonly headerLineLimit: number
  readonly trustProxy: TrustProxy
}

/** Stands before the application: rejects what Node's parser lets through, and applies trusted proxies. */
export class RequestGate {
  readonly #door: Door
  readonly #headerLineLimit: number
  readonly #proxies: TrustedProxies
  /** Most requests name the host that the last one named. */
  #knownHost: string | undefined
  /** The last host of which the normal form was made. */
  #named = { given: '', isHttps: false, normal: '' }

  constructor({ door, headerLineLimit, trustProxy }: RequestGateOptions) {
    this.#door = door
    this.#headerLineLimit = headerLineLimit
    this.#proxies = new TrustedProxies(trustProxy)
    if (trustProxy === true) process.emitWarning(TRUSTS_ALL, 'HttpWarning')
  }

  /**
   * The response to a request that must not reach the application. Nothing that comes behind such a request
   * is read (RFC 9112 9.6), and nothing behind an `Upgrade`: a proxy may have taken it for a WebSocket, whose
   * bytes the visitor chooses.
   *
   * @param exchange is told the path of a request that passes.
   */
  reject(res: ServerResponse, exchange: { path: string }): Response | undefined {
    const { rawHeaders, url = '', httpVersionMinor } = res.req
    // Node would drop the last lines silently: those that a proxy in front has added.
    if (rawHeaders.length > 2 * this.#headerLineLimit) return this.refuse(res, 431)
    if (PLAIN_TARGET.test(url)) {
      const end = url.indexOf('?')
      exchange.path = end === -1 ? url : url.slice(0, end)
    } else {
      const mistake = mistakeIn(url)
      if (mistake !== undefined) return this.refuse(res, 400, mistake)
      exchange.path = url === '*' ? '/*' : normalPath(pathIn(url))
    }
    let host: string | undefined
    let coding: string | undefined
    // Node would build its `headers` of all the lines for these, and many handlers never ask for them.
    for (let index = 0; index < rawHeaders.length; index += 2) {
      const given = rawHeaders[index]!
      // Few names are of these lengths, so that few are put into lower case.
      if (((LENGTHS >> given.length) & 1) === 0) continue
      const name = given.toLowerCase()
      if (name === 'host') host = host === undefined ? rawHeaders[index + 1]! : TWO
      else if (name === 'transfer-encoding')
        coding = coding === undefined ? rawHeaders[index + 1]! : TWO
      else if (name === 'upgrade') res.shouldKeepAlive = false
    }
    // RFC 9112 6.1: the framing is faulty. A proxy in front may have seen the body end elsewhere.
    if (coding !== undefined && httpVersionMinor === 0)
      return this.refuse(res, 400, 'HTTP/1.0 has no Transfer-Encoding')
    // Node's parser takes any list that ends in this word, and hands out what is still coded.
    if (coding !== undefined && coding.toLowerCase() !== 'chunked')
      return this.refuse(res, 501, 'The Transfer-Encoding is not supported')
    const asked = url[0] === '/' ? host : (authorityIn(url) ?? host)
    const isKnown = asked !== undefined && asked === host && asked === this.#knownHost
    return isKnown ? undefined : this.#checkHost(res, host, asked)
  }

  /** Whether the visitor came over https, according to the socket or a trusted proxy. */
  isHttps(message: ForwardedMessage): boolean {
    return 'encrypted' in message.socket || this.#proxies.sawHttps(message)
  }

  /** Who sent the request, according to the socket or a trusted proxy. */
  clientOf(message: ForwardedMessage): ClientAddress {
    return new ClientAddress(this.#proxies.clientOf(message))
  }

  /**
   * The host of a request in its normal form. That in the target replaces that of the `Host` header (RFC 9112
   * 3.2.2); only HTTP/1.0 may have neither.
   */
  hostOf(target: string, header: string | null, isHttps: boolean): string | undefined {
    const given = target[0] === '/' ? header : (authorityIn(target) ?? header)
    if (!given) return undefined
    const named = this.#named
    if (named.given === given && named.isHttps === isHttps) return named.normal
    this.#named = { given, isHttps, normal: normalHost(given, isHttps) }
    return this.#named.normal
  }

  /** The standard request that Node is to respond to. */
  requestOf(res: ServerResponse, bounds: () => RequestBounds): BoundedRequest {
    const request = new BoundedRequest(res, bounds)
    const isHttps = this.isHttps(res.req)
    const { url = '', headers } = res.req
    const given = headers.host
    const host = this.hostOf(url, given ?? null, isHttps)
    const isAsSent = host === given && (!isHttps || 'encrypted' in res.req.socket)
    return isAsSent ? request : withOrigin(request, isHttps, host)
  }

  /** The last response of a connection. */
  refuse(res: ServerResponse, status: number, detail?: string): Response {
    res.shouldKeepAlive = false
    const { method, url: target } = res.req
    return this.#door.refuse({ method, target }, status, detail)
  }

  #checkHost(res: ServerResponse, host?: string, asked?: string): Response | undefined {
    for (const each of [host, asked]) {
      if (each !== undefined && !isHost(each))
        return this.refuse(res, 400, 'The Host cannot be read')
    }
    if (!this.#door.serves(asked)) return this.refuse(res, 421, NOT_SERVED)
    this.#knownHost = asked
    return undefined
  }
}

/** RFC 9112 3.2: more than one Host is a 400; a proxy in front may have read the other one. It is none, and no coding. */
const TWO = ', '

/** A bit for the length of each name that the gate looks for; the names are compared as well. */
const LENGTHS = ['host', 'transfer-encoding', 'upgrade'].reduce(
  (bits, { length }) => bits | (1 << length),
  0,
)

/** RFC 9112 3.2: beside a path, `OPTIONS *` and the absolute form that proxies are sent. */
function mistakeIn(target: string): string | undefined {
  if (target === '*') return undefined
  const isRead = target[0] === '/' || (/^https?:\/\//i.test(target) && URL.canParse(target))
  return isRead ? targetMistake(target) : 'The target cannot be read'
}

/** The host in a target of the absolute form (RFC 9112 3.2.2). */
function authorityIn(target: string): string | undefined {
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
}

/** The request with the URL that the visitor has asked for. */
function withOrigin<Made extends Request>(request: Made, isHttps: boolean, host?: string): Made {
  const { host: named, pathname, search } = new URL(request.url)
  const value = `${isHttps ? 'https' : 'http'}://${host ?? named}${pathname}${search}`
  // The own property hides the getter; a clone is made of it, too.
  return Object.defineProperty(request, 'url', { value })
}

const TRUSTS_ALL =
  'trustProxy: true believes the X-Forwarded-Proto and X-Forwarded-For of whoever reaches the port. ' +
  "Name the proxies: trustProxy: ['10.0.0.0/8'], or how many there are: trustProxy: 1."
