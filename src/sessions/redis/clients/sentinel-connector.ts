import {
  type Redis,
  type RedisOptions,
  type SentinelConnectionOptions,
  SentinelConnector,
} from 'ioredis'
import { PATIENCE } from './settings.js'

/**
 * The connector of ioredis, with connections to sentinels that have a listener for errors: else ioredis
 * prints each failed attempt to hear of failovers, for every sentinel that is away. It also lets go of a
 * sentinel that hangs sooner than after two seconds, so that a process can end.
 */
export class QuietSentinelConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as SentinelConnectionOptions)
    // Private to ioredis, 5.4 to 6.0. Were it gone, its connections would only be louder.
    const inner = this as unknown as { connectToSentinel?: ConnectToSentinel }
    const connect = inner.connectToSentinel?.bind(this)
    if (!connect) return
    inner.connectToSentinel = (endpoint, given) => {
      return connect(endpoint, { disconnectTimeout: PATIENCE, ...given }).on('error', () => {})
    }
  }
}

type ConnectToSentinel = (endpoint: unknown, options?: RedisOptions) => Redis
