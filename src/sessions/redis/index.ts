export { RedisBackend, type RedisBackendOptions } from './redis-backend.js'
export {
  connectCluster,
  connectRedis,
  disconnectRedis,
  redis,
  redisCluster,
  type RedisNewsOptions,
  type RedisClientOptions,
  type RedisClusterOptions,
} from './redis-client.js'
export type { RedisClient } from './redis-connection.js'
export { RedisFault } from './redis-fault.js'
export { RedisClusterStore, RedisStore, type RedisStoreOptions } from './redis-store.js'
