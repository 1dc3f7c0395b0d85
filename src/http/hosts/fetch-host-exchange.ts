import { tooLarge } from '../errors/problem.js'
import { ClientAddress, plainAddress } from '../request/client-address.js'
import { FetchExchange } from '../request/fetch-exchange.js'

/** What a host that passes standard requests knows of one better than the request itself. */
export interface FetchHostFacts {
  /** The visitor's address, as the host knows it. Default: what srvx knows, or none. */
  readonly ip?: string | undefined
  /** Its own object for the request, where it may put another request in place. Default: the request. */
  readonly source?: object
  /** The path below which the application is mounted: `/shop`. Default: none. */
  readonly base?: string
  /** A header, by its name in lower case. Default: that of the request. */
  header?(name: string): string | null
  /** The bytes of a body that somebody has read before. Without it such a body cannot be read again. */
  readAgain?(): Promise<ArrayBuffer>
}

/** A standard request that a framework passes on. */
export class FetchHostExchange extends FetchExchange {
  readonly #facts: FetchHostFacts

  constructor(request: Request, facts: FetchHostFacts) {
    super(request)
    this.#facts = facts
  }

  override get source(): object {
    return this.#facts.source ?? this.request
  }

  /** The path below which the application is mounted, or nothing. */
  get base(): string {
    return this.#facts.base ?? ''
  }

  override get path(): string {
    return super.path.slice(this.base.length) || '/'
  }

  override get clientAddress(): ClientAddress {
    const { ip } = this.#facts
    return ip === undefined ? super.clientAddress : new ClientAddress(plainAddress(ip))
  }

  override header(name: string): string | null {
    const facts = this.#facts
    return facts.header ? facts.header(name) : super.header(name)
  }

  protected override async collect(): Promise<Uint8Array> {
    const facts = this.#facts
    if (!facts.readAgain || !this.request.bodyUsed) return super.collect()
    const bytes = new Uint8Array(await facts.readAgain())
    const { bodyLimit } = this.endpoint
    if (bytes.byteLength > bodyLimit) throw tooLarge(bodyLimit)
    return bytes
  }
}
