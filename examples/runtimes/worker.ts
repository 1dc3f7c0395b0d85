import { scoped, type Component } from 'ingot'
import { Redis } from 'ioredis'

// #region redis
/** On workerd a connection belongs to the request that opened it, so each request has a client of its own. */
export function redisOfRequest(url: string): Component<Redis> {
  const connect = () => new Redis(url)
  return scoped(Redis, [], connect, { dispose: (client) => client.disconnect() })
}
// #endregion
