/**
 * Sessions in Redis: one server, a cluster, or behind sentinels.
 *
 * @module ingot/redis
 */
export { RedisBackend, type RedisBackendOptions } from './redis-backend.js'
export { connectRedis, redis, type RedisClientOptions } from './clients/client.js'
export { connectCluster, redisCluster, type RedisClusterOptions } from './clients/cluster.js'
export type { RedisClient } from './redis-connection.js'
export { RedisStoreError } from './redis-store-error.js'
export { disconnectRedis } from './clients/lifetime.js'
export type { RedisWarningOptions } from './clients/outage-warnings.js'
export { connectSentinel, redisSentinel, type RedisSentinelOptions } from './clients/sentinel.js'
export {
  RedisClusterStore,
  RedisStore,
  type RedisStoreOptions,
  type RedisClusterStoreOptions,
} from './redis-store.js'
export type { ConfirmOptions } from './replica-confirmation.js'
export { SessionUnconfirmedError } from '../errors/errors.js'
