import type { ServerRequest } from 'srvx'
import { describeGiven } from '../../di/index.js'
import { normalPath } from '../routing/path.js'
import { ClientAddress, plainAddress } from './client-address.js'
import { Exchange } from './exchange.js'
import { limitedStream } from './limited-stream.js'
import { readStream } from './read-body.js'

/** A request that came as a standard `Request`, through `app.fetch`. */
export class FetchExchange extends Exchange {
  readonly request: Request
  #url: URL | undefined

  constructor(request: Request) {
    super()
    this.request = request
  }

  get method(): string {
    return this.request.method
  }

  get url(): URL {
    return (this.#url ??= new URL(this.request.url))
  }

  /**
   * As it was sent, where srvx took the request from Node: its `url` has no dot segments any more.
   *
   * @throws TypeError when the application was given something else than a request.
   */
  get target(): string {
    const { url, runtime } = (this.request ?? {}) as Partial<ServerRequest>
    return runtime?.node?.req.url ?? url ?? noRequest(this.request)
  }

  get path(): string {
    return normalPath(this.url.pathname)
  }

  get host(): string {
    return this.url.host
  }

  get isHttps(): boolean {
    return this.request.url.startsWith('https:')
  }

  /** srvx knows the address, by its own `trustProxy`. */
  get clientAddress(): ClientAddress {
    const { ip } = this.request as ServerRequest
    return new ClientAddress(ip === undefined ? undefined : plainAddress(ip))
  }

  get isUpgrade(): boolean {
    return this.header('upgrade') !== null
  }

  header(name: string): string | null {
    return this.request.headers.get(name)
  }

  protected collect(): Promise<Uint8Array> {
    return readStream(this.request.body, this.endpoint)
  }

  protected limitedBody(): ReadableStream<Uint8Array> | null {
    const { body } = this.request
    return body && limitedStream(body, this.endpoint.bodyLimit)
  }
}

function noRequest(given: unknown): never {
  throw new TypeError(
    `app.fetch takes a Request, not ${describeGiven(given)}: new Request('https://shop.example/'). A test writes testClient(app).get('/'), of ingot/testing.`,
  )
}
