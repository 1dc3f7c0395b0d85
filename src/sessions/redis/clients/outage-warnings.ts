import type { RedisClient } from '../redis-connection.js'
import { reasonOf } from '../redis-store-error.js'
import { addressOf } from './server-address.js'

/** What to call when something is wrong with Redis. */
export interface RedisWarningOptions {
  /**
   * Called once per outage, with a bounded reason such as `ECONNREFUSED` and with the address, host and port.
   * Default: a process warning.
   */
  readonly onOutage?: (reason: string, address: string) => void
  /** Called once, when Redis is set up to evict sessions as it fills up. Default: a process warning. */
  readonly onEviction?: (message: string) => void
}

/** Warns of outages and of eviction. ioredis reports every attempt to connect; one warning per outage is enough. */
export function warnOfTrouble(
  client: RedisClient,
  onOutage: (reason: string, address: string) => void = warnOfOutage,
  onEviction: (message: string) => void = warnOfEviction,
): void {
  const outage = { isReported: false, attempts: 0 }
  const report = (reason: string) => {
    if (!outage.isReported) onOutage(reason, addressOf(client))
    outage.isReported = true
  }
  client.on('ready', () => Object.assign(outage, { isReported: false, attempts: 0 }))
  // A load balancer without a Redis behind it accepts connections and closes them, without an error.
  client.on('reconnecting', () => {
    outage.attempts += 1
    if (outage.attempts > 2) report('unavailable')
  })
  client.on('error', (error: Error & { command?: { name?: string } }) => {
    report(reasonOf(error))
    // ioredis would continue in database 0, among the data of others.
    if (error.name === 'ReplyError' && error.command?.name === 'select') client.disconnect(true)
  })
  client.once('ready', () => void checkEviction(client, onEviction).catch(() => {}))
}

/**
 * Looks once whether a full Redis evicts sessions: under every policy but `noeviction` visitors are logged out
 * at random, and no error says so. Rejects when the user of Redis may not use INFO.
 */
async function checkEviction(client: RedisClient, warn: (message: string) => void): Promise<void> {
  const info = await client.info('memory')
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? 'noeviction'
  const limit = /^maxmemory:(\d+)/m.exec(info)?.[1] ?? '0'
  if (policy === 'noeviction' || limit === '0') return
  warn(
    `Redis evicts keys when it is full (maxmemory-policy ${policy}), sessions too: visitors are logged out ` +
      'at random. Keep sessions in a Redis with maxmemory-policy noeviction.',
  )
}

function warnOfEviction(message: string): void {
  process.emitWarning(message, { code: 'INGOT_REDIS_EVICTION' })
}

function warnOfOutage(reason: string, address: string): void {
  process.emitWarning(
    `Redis at ${address} cannot be reached (${reason}). Requests that need a session are answered with 503 until it is back.`,
    { code: 'INGOT_REDIS_OUTAGE' },
  )
}
