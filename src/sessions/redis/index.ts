export { RedisBackend, type RedisBackendOptions } from './redis-backend.js'
export { connectRedis, redis, type RedisClientOptions } from './redis-client.js'
export { connectCluster, redisCluster, type RedisClusterOptions } from './redis-cluster.js'
export type { RedisClient } from './redis-connection.js'
export { RedisFault } from './redis-fault.js'
export { disconnectRedis } from './redis-life.js'
export type { RedisNewsOptions } from './redis-news.js'
export { connectSentinel, redisSentinel, type RedisSentinelOptions } from './redis-sentinel.js'
export {
  RedisClusterStore,
  RedisStore,
  type RedisStoreOptions,
  type RedisClusterStoreOptions,
} from './redis-store.js'
export type { ConfirmOptions } from './replica-confirmation.js'
export { SessionUnconfirmedError } from '../unconfirmed-error.js'
