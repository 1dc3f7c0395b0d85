import { checkEviction } from './eviction-check.js'
import type { RedisClient } from '../redis-connection.js'
import { reasonOf } from '../redis-fault.js'

/** Who hears that something is wrong with Redis. */
export interface RedisWarningOptions {
  /** Told once per outage, with a bounded reason such as `ECONNREFUSED`. Default: a process warning. */
  readonly onOutage?: (reason: string) => void
  /** Told once, when a full Redis would throw sessions away. Default: a process warning. */
  readonly onEviction?: (message: string) => void
}

/** ioredis reports every attempt to connect; one line per outage is enough. */
export function listen(
  client: RedisClient,
  onOutage: (reason: string) => void = warnOfOutage,
  onEviction: (message: string) => void = warnOfEviction,
): void {
  const outage = { isReported: false, attempts: 0 }
  const report = (reason: string) => {
    if (!outage.isReported) onOutage(reason)
    outage.isReported = true
  }
  client.on('ready', () => Object.assign(outage, { isReported: false, attempts: 0 }))
  // A balancer without a Redis behind it takes connections and ends them, without an error.
  client.on('reconnecting', () => (outage.attempts += 1) > 2 && report('unavailable'))
  client.on('error', (error) => {
    report(reasonOf(error))
    // ioredis would go on in database 0, among the data of others.
    if (isDatabaseRefused(error)) client.disconnect(true)
  })
  checkEviction(client, onEviction)
}

function isDatabaseRefused(error: Error & { command?: { name?: string } }): boolean {
  return error.name === 'ReplyError' && error.command?.name === 'select'
}

function warnOfEviction(message: string): void {
  process.emitWarning(message, { code: 'INGOT_REDIS_EVICTION' })
}

function warnOfOutage(reason: string): void {
  process.emitWarning(
    `Redis cannot be reached (${reason}). Requests that need a session are answered with 503 until it is back.`,
    { code: 'INGOT_REDIS_OUTAGE' },
  )
}
