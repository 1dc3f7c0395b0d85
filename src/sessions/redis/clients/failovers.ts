import { Redis, type RedisOptions, type SentinelAddress } from 'ioredis'
import { DISCONNECT_TIMEOUT } from './settings.js'

/**
 * Subscribes to the sentinels while the client is connected, and lets it connect again when they name another
 * master: what a master that is cut off from its sentinels still acknowledges is lost.
 *
 * The `failoverDetector` of ioredis (5.4 to 6.0) is not used. It prints a line for each failed attempt to reach a
 * sentinel; it leaves the client ended for good when a failover comes while the client asks for the master; and
 * `quit()` leaves its connections open (ioredis #1362).
 */
export function followFailovers(client: Redis, options: RedisOptions): void {
  const { name, updateSentinels = true, sentinelMaxConnections = 10 } = options
  const sentinels = new Map<string, Redis>()
  const watch = (given: Partial<SentinelAddress>) => {
    const { host = '127.0.0.1', port = 26379 } = given
    const address = `${host}:${port}`
    if (sentinels.has(address) || sentinels.size >= sentinelMaxConnections) return
    const sentinel = connectTo({ ...given, host, port }, options)
    sentinels.set(address, sentinel)
    sentinel.on('message', (_channel, message) => {
      if (leavesMaster(message, name, client)) client.disconnect(true)
    })
    const subscribe = async () => {
      // Before the subscription: with RESP2 a subscribed connection takes no other command.
      const others = updateSentinels ? await sentinelsKnownTo(sentinel, options) : []
      if (sentinels.get(address) !== sentinel) return
      others.forEach(watch)
      await sentinel.subscribe('+switch-master')
    }
    sentinel.on('ready', () => void subscribe().catch(() => {}))
  }
  client.on('connect', () => options.sentinels?.forEach(watch))
  client.on('close', () => {
    for (const sentinel of sentinels.values()) sentinel.disconnect()
    sentinels.clear()
  })
}

function connectTo(address: SentinelAddress, options: RedisOptions): Redis {
  const sentinel = new Redis({
    host: address.host,
    port: address.port,
    family: address.family ?? options.family,
    username: options.sentinelUsername,
    password: options.sentinelPassword,
    tls: options.sentinelTLS,
    protocol: options.protocol,
    retryStrategy: options.sentinelReconnectStrategy,
    connectTimeout: options.connectTimeout,
    disconnectTimeout: DISCONNECT_TIMEOUT,
    enableReadyCheck: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  })
  // The client asks the other sentinels; a sentinel that is down is no outage.
  return sentinel.on('error', () => {})
}

/** The addresses of the other sentinels, as this process reaches them. */
async function sentinelsKnownTo(
  sentinel: Redis,
  { name, natMap }: RedisOptions,
): Promise<SentinelAddress[]> {
  const reply = (await sentinel.call('SENTINEL', 'SENTINELS', name ?? '')) as string[][]
  return reply.map((pairs) => {
    const host = valueOf(pairs, 'ip')
    const port = valueOf(pairs, 'port')
    const address = `${host}:${port}`
    const mapped = typeof natMap === 'function' ? natMap(address) : natMap?.[address]
    return mapped ?? { host, port: Number(port) }
  })
}

/** Names and values stand in turn. */
function valueOf(pairs: readonly string[], name: string): string {
  return pairs[pairs.indexOf(name) + 1] ?? ''
}

/** A message is the name, the old host and port, the new host and port. Each sentinel sends it once. */
function leavesMaster(message: string, name: string | undefined, { stream }: Redis): boolean {
  const [announced, , , host, port] = message.split(' ')
  const isThere = stream.remoteAddress === host && stream.remotePort === Number(port)
  return announced === name && !isThere
}
