import type { Cluster, ClusterNode, Redis } from 'ioredis'

/** The nodes that a cluster was made with: ioredis does not tell them. */
const startNodes = new WeakMap<Redis | Cluster, string>()

/** Notes where a cluster was looked for. */
export function noteNodes(cluster: Cluster, nodes: readonly ClusterNode[]): void {
  startNodes.set(cluster, nodes.map(nodeAddress).join(', '))
}

/** Where a client looks for Redis: for messages, without user name and password. */
export function addressOf(client: Redis | Cluster): string {
  if (!('sentinels' in client.options)) return startNodes.get(client) ?? 'a cluster'
  const { sentinels, name = '' } = client.options
  if (!sentinels) return hostAddress(client.options, 6379)
  const all = sentinels.map((sentinel) => hostAddress(sentinel, 26_379))
  return `the master '${name}' of the sentinels ${all.join(', ')}`
}

/**
 * Checks the URL of a Redis before ioredis does: its errors hold the URL with the password, and without a URL it
 * takes its own default, as if that had been asked for.
 *
 * @throws TypeError without anything of the URL.
 */
export function checkRedisUrl(url: unknown): asserts url is string {
  if (typeof url !== 'string' || url === '') {
    throw new TypeError(
      `redis: the url is ${url === '' ? "''" : String(url)}. Write redis('redis://localhost:6379'), and check the variable that it comes from.`,
    )
  }
  // A port, or the file of a socket.
  if (/^(?:\d+|\/(?!\/).*)$/s.test(url)) return
  const rest = url.replace(/^(?:rediss?:)?\/\//i, '')
  if (isUrl(`redis://${rest}`) && !rest.includes('#') && !/%(?![\da-f]{2})/i.test(rest)) return
  throw new TypeError(
    rest.includes('@')
      ? "redis: the url cannot be read. Percent-encode the password in it: '#' is %23, '/' is %2F, '?' is %3F, '@' is %40, '%' is %25."
      : "redis: the url cannot be read. Write 'redis://user:password@host:6379/0'.",
  )
}

/** @throws TypeError when there is no node, or the URL of one cannot be read. */
export function checkNodes(nodes: readonly ClusterNode[] | undefined): void {
  if (!nodes || nodes.length === 0) {
    throw new TypeError(
      "redisCluster: no node is given. Write redisCluster([{ host: 'localhost', port: 7000 }]).",
    )
  }
  for (const node of nodes) {
    if (node === null || !['number', 'object'].includes(typeof node)) checkRedisUrl(node)
  }
}

/** @throws TypeError when there is no sentinel, or the master has no name. */
export function checkSentinels(sentinels: unknown, name: unknown): void {
  if (Array.isArray(sentinels) && sentinels.length > 0 && typeof name === 'string' && name !== '')
    return
  throw new TypeError(
    "redisSentinel: sentinels or name is missing. Write redisSentinel({ sentinels: [{ host: 'localhost', port: 26379 }], name: 'mymaster' }).",
  )
}

/** A node as `Cluster` takes it: a port, a URL, or host and port. */
function nodeAddress(node: ClusterNode): string {
  if (typeof node === 'object') return hostAddress(node, 6379)
  if (typeof node === 'number' || /^\d+$/.test(node)) return `127.0.0.1:${node}`
  return URL.canParse(node) && node.includes('//') ? new URL(node).host : node.replace(/^.*@/, '')
}

/** The members of the options that say where. */
interface Address {
  readonly path?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
}

function hostAddress({ path, host = 'localhost', port }: Address, usual: number): string {
  if (path) return path
  return `${host.includes(':') ? `[${host}]` : host}:${port ?? usual}`
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password, port, host } = new URL(text)
  // `redis://:secret` without a host, or with the rest of a password in its place.
  return host !== '' && !/[/?]/.test(username + password) && port !== '0'
}
