import { tooLarge } from '../errors/problem.js'
import { ClientAddress, plainAddress } from '../request/client-address.js'
import { FetchExchange } from '../request/fetch-exchange.js'

/** What a host that passes standard requests knows of one better than the request itself. */
export interface FetchHostFacts {
  /** The visitor's address, as the host knows it. Default: what srvx knows, or none. */
  readonly ip?: string | undefined
  /** The path below which the application is mounted: `/shop`. Default: none. */
  readonly base?: string
  /** The bytes of a body that somebody has read before. Without it such a body cannot be read again. */
  readonly readAgain?: () => Promise<ArrayBuffer>
}

/** A standard request that a framework passes on. */
export class FetchHostExchange extends FetchExchange {
  readonly #facts: FetchHostFacts

  constructor(request: Request, facts: FetchHostFacts) {
    super(request)
    this.#facts = facts
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

  protected override async collect(): Promise<Uint8Array> {
    const { readAgain } = this.#facts
    if (!readAgain || !this.request.bodyUsed) return super.collect()
    const bytes = new Uint8Array(await readAgain())
    const { bodyLimit } = this.endpoint
    if (bytes.byteLength > bodyLimit) throw tooLarge(bodyLimit)
    return bytes
  }
}
