import { isIP } from 'node:net'

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
  if (isIP(address) === 4) return address
  const bare = /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1')
  if (isIP(bare) === 4) return bare
  if (isIP(bare) !== 6) return undefined
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1]
  return mapped ?? new URL(`http://[${bare}]`).hostname.slice(1, -1)
}
