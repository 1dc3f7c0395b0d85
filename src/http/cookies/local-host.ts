/**
 * Whether a host, as a visitor writes it, is this machine or in the network around it: loopback, a private or
 * link-local address (RFC 1918, 4193, 3927, 4291), or a name that no public resolver knows (RFC 6761, 6762, 8375).
 */
export function isLocalHost(host: string): boolean {
  const name = hostname(host)
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return PRIVATE_V4.test(name)
  if (name.startsWith('[')) return PRIVATE_V6.test(name)
  return name !== '' && (!name.includes('.') || PRIVATE_NAME.test(name))
}

/** Browsers take their own machine as secure (Secure Contexts, 3.1). Safari does not for cookies. */
export function isLoopback(host: string): boolean {
  if (host !== lastLoopback.host) lastLoopback = { host, isOne: LOOPBACK.test(hostname(host)) }
  return lastLoopback.isOne
}

const LOOPBACK = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/
const PRIVATE_V4 = /^(?:127|10)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\./
const PRIVATE_V6 = /^\[(?:::1|f[cd][\da-f]{2}:.*|fe[89ab][\da-f]:.*)\]$/
const PRIVATE_NAME = /\.(?:localhost|local|lan|internal|home\.arpa|test)$/

/** Without the port, in lower case; addresses in their one spelling. Empty when it is no host. */
function hostname(host: string): string {
  if (host !== last.host)
    last = { host, name: URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '' }
  return last.name
}

/** Most requests name the host that the last one named. */
let last = { host: '', name: '' }
let lastLoopback = { host: '', isOne: false }
