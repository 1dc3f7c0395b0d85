/** Who sent the request, as the connection and the proxies that `trustProxy` names tell. */
export class ClientAddress {
  /**
   * IPv4 or IPv6, each in one spelling; `undefined` where nobody tells: a `Request` that no server made, or a
   * socket file without a trusted proxy.
   */
  readonly ip: string | undefined

  constructor(ip: string | undefined) {
    this.ip = ip
  }

  toString(): string {
    return this.ip ?? 'unknown'
  }
}

/**
 * An address in its one spelling, so that no client has two: without a port, which some proxies add, without
 * the zone of a network card, and IPv4 as such when it came through a socket of IPv6. `undefined` for a text that is none.
 */
export function plainAddress(text: string): string | undefined {
  const [address = ''] = text.trim().split('%')
  if (familyOf(address) === 'ipv4') return address
  const bare = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1')
  const family = familyOf(bare)
  if (family !== 'ipv6') return family && bare
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  return mapped ?? new URL(`http://[${bare}]`).hostname.slice(1, -1)
}

/** Which kind of address a text is, as `isIP` of `node:net`, which not every runtime has. */
export function familyOf(text: string): 'ipv4' | 'ipv6' | undefined {
  if (IPV4.test(text)) return 'ipv4'
  return IPV6.test(text) && URL.canParse(`http://[${text}]`) ? 'ipv6' : undefined
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/
const IPV6 = /^[\da-f:.]+$/i
