import { BlockList } from 'node:net'
import { familyOf, plainAddress } from '../request/client-address.js'

/** The parts of a request that are read: of Node's own, or of what another runtime tells. */
export interface ForwardedMessage {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly rawHeaders: readonly string[]
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** Which proxies are trusted: by address, by how many there are, or (`true`) whoever connects. */
export type TrustProxy = boolean | number | readonly string[]

/**
 * The proxies whose `X-Forwarded-Proto` and `X-Forwarded-For` are trusted. No other header of theirs is: with
 * `X-Forwarded-Host` whoever reaches the port could choose the host that redirects and checks of `Origin` depend on.
 */
export class TrustedProxies {
  readonly #hops: (message: ForwardedMessage) => number

  /** @throws TypeError when the option names no address, no CIDR range and no number of proxies. */
  constructor(trust: TrustProxy) {
    this.#hops = hopsBy(trust)
  }

  /** Whether the visitor came over https to the outermost of the trusted proxies. */
  sawHttps(message: ForwardedMessage): boolean {
    const hops = this.#hops(message)
    if (hops === 0) return false
    const lines = new Set(linesOf(message, 'x-forwarded-proto'))
    // Two lines that disagree: the visitor sent one of them, and nobody can tell which.
    if (lines.size !== 1) return false
    const protocols = [...lines][0]!.split(',')
    // Each proxy appends what it saw; where they overwrite, there is one value for all of them.
    return protocols[Math.max(0, protocols.length - hops)]!.trim() === 'https'
  }

  /** The address that the outermost of the trusted proxies was reached from; without one, that of the socket. */
  clientOf(message: ForwardedMessage): string | undefined {
    const { remoteAddress } = message.socket
    const forwarded = message.headers['x-forwarded-for']
    const hops = forwarded === undefined ? 0 : this.#hops(message)
    if (hops === 0) return remoteAddress === undefined ? undefined : plainAddress(remoteAddress)
    const before = String(forwarded).split(',')
    return plainAddress(before[Math.max(0, before.length - hops)]!)
  }
}

/** How many trusted proxies a request came through, counted from this server. */
function hopsBy(trust: TrustProxy): (message: ForwardedMessage) => number {
  if (trust === true) return () => Infinity
  if (trust === false) return () => 0
  if (typeof trust === 'number') {
    if (Number.isInteger(trust) && trust >= 0) return () => trust
    throw new TypeError(`listen: trustProxy must be a whole number of proxies, not ${trust}.`)
  }
  const trusted = rangesOf(trust)
  return ({ socket, headers }) => {
    if (!isIn(trusted, socket.remoteAddress)) return 0
    const before = String(headers['x-forwarded-for'] ?? '').split(',')
    const stranger = before.findLastIndex((address) => !isIn(trusted, address))
    return before.length - stranger
  }
}

/** The contents of all lines of one header, in lower case. */
function linesOf({ rawHeaders }: ForwardedMessage, name: string): string[] {
  const lines: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const line = rawHeaders[index]!
    if (line.length === name.length && line.toLowerCase() === name)
      lines.push(rawHeaders[index + 1]!.toLowerCase())
  }
  return lines
}

function rangesOf(addresses: readonly string[]): BlockList {
  const ranges = new BlockList()
  for (const range of addresses) {
    const [address = '', prefix, ...more] = range.split('/')
    const family = familyOf(address)
    const width = family === 'ipv4' ? 32 : 128
    const length = prefix === undefined ? width : lengthOf(prefix)
    if (!family || !(length <= width) || more.length > 0)
      throw new TypeError(
        `listen: trustProxy names '${range}', which is neither an address nor a range. Write an address, as in '10.0.0.1', or a range, as in '10.0.0.0/8'.`,
      )
    ranges.addSubnet(address, length, family)
  }
  return ranges
}

/** `Number` alone would take an empty text as 0, which is every address. */
function lengthOf(prefix: string): number {
  return /^\d{1,3}$/.test(prefix) ? Number(prefix) : NaN
}

function isIn(ranges: BlockList, text = ''): boolean {
  const address = plainAddress(text)
  const family = address === undefined ? undefined : familyOf(address)
  return family !== undefined && ranges.check(address!, family)
}
