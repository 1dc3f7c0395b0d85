import type { RedisOptions } from 'ioredis'

/** Milliseconds that a server has to answer QUIT or to close its socket, before the socket is destroyed. */
export const DISCONNECT_TIMEOUT = 250

/** Milliseconds before the next attempt to connect. */
export const reconnectDelay = (attempt: number) => Math.min(25 * attempt, 500)

/** For the connections of a cluster, which decides itself when to connect again. */
export const nodeSettings = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 500,
  socketTimeout: 1000,
  disconnectTimeout: DISCONNECT_TIMEOUT,
} satisfies RedisOptions

/** Measured against stops, kills and black holes. With its defaults ioredis waits 10 seconds or for ever. */
export const clientSettings = {
  ...nodeSettings,
  enableOfflineQueue: false,
  retryStrategy: reconnectDelay,
} satisfies RedisOptions
