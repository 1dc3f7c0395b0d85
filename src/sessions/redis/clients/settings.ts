import type { RedisOptions } from 'ioredis'

/** Milliseconds that a client gets for a polite end, before its sockets are destroyed. */
export const PATIENCE = 250

/** Milliseconds before the next attempt to connect. */
export const backoff = (attempt: number) => Math.min(25 * attempt, 500)

/** For the connections of a cluster, which decides itself when to connect again. */
export const steadyNode = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  socketTimeout: 1000,
  disconnectTimeout: PATIENCE,
} satisfies RedisOptions

/** Measured against stops, kills and black holes; the defaults of ioredis wait for 10 seconds or for ever. */
export const steady = {
  ...steadyNode,
  enableOfflineQueue: false,
  retryStrategy: backoff,
} satisfies RedisOptions
