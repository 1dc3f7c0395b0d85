import { Cluster, Redis } from 'ioredis'
import { Inject, noteRemedy, type OptionRules } from '../../di/index.js'
import { type Cookie, Cookies } from '../../http/index.js'
import { checkSessionOptions, ownOptions } from '../errors/options.js'
import {
  SERVER_STORE_RULES,
  type ServerStoreOptions,
} from '../server-store/server-store-options.js'
import { ServerStore } from '../server-store/server-store.js'
import type { MaybePromise } from '../backend/session-backend.js'
import { Session } from '../session/session.js'
import type { UserSessions } from '../store/sessions-of-user.js'
import {
  DEFAULT_TIMEOUT,
  REDIS_BACKEND_RULES,
  RedisBackend,
  type RedisBackendOptions,
} from './redis-backend.js'
import type { RedisClient } from './redis-connection.js'
import { checkConfirm, notForClusters } from './replica-confirmation.js'

/** Options of a `RedisStore`: seconds for sessions, and milliseconds where the name says so. */
export interface RedisStoreOptions extends ServerStoreOptions, RedisBackendOptions {}

/** Options of a `RedisClusterStore`: those of a `RedisStore` but `confirm`. */
export interface RedisClusterStoreOptions extends Omit<RedisStoreOptions, 'confirm'> {}

/** One backend for each client. An application usually has one client. */
abstract class StoreInRedis extends ServerStore {
  readonly #options: RedisBackendOptions
  readonly #backends = new WeakMap<RedisClient, RedisBackend>()

  constructor(options: RedisStoreOptions) {
    super(options)
    checkSessionOptions(options, RULES)
    this.#options = options
  }

  protected backendOf(client: RedisClient): RedisBackend {
    let backend = this.#backends.get(client)
    if (!backend) this.#backends.set(client, (backend = new RedisBackend(client, this.#options)))
    return backend
  }
}

/** Keeps sessions in Redis, with the client that the application provides by the type `Redis`: `redis(url)`. */
export class RedisStore extends StoreInRedis {
  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: RedisStoreOptions = {}) {
    super(options)
    const { confirm, timeoutMs = DEFAULT_TIMEOUT } = ownOptions(options)
    if (confirm) checkConfirm(confirm, timeoutMs)
  }

  @Inject(Cookies, Redis)
  override load(cookies: Cookies, redis: Redis): MaybePromise<Session> {
    return this.loadFrom(this.backendOf(redis), cookies)
  }

  @Inject(Session, Redis)
  override dump(session: Session, redis: Redis): MaybePromise<Cookie | undefined> {
    return this.dumpTo(this.backendOf(redis), session)
  }

  @Inject(Session, Redis)
  override userSessions(session: Session, redis: Redis): UserSessions {
    return this.userSessionsIn(this.backendOf(redis), session)
  }
}

/**
 * Keeps sessions in Redis Cluster, with the client that the application provides by the type `Cluster`. One node
 * being down fails only the requests of its own sessions, so it must not open the circuit breaker for the whole
 * store: the breaker is off unless `failureThreshold` is given.
 */
export class RedisClusterStore extends StoreInRedis {
  /** @throws SessionOptionError when an option cannot work or is not safe. */
  constructor(options: RedisClusterStoreOptions = {}) {
    super(options)
    if (ownOptions<RedisStoreOptions>(options).confirm) throw notForClusters()
  }

  override isPartitioned(): boolean {
    return true
  }

  @Inject(Cookies, Cluster)
  override load(cookies: Cookies, cluster: Cluster): MaybePromise<Session> {
    return this.loadFrom(this.backendOf(cluster), cookies)
  }

  @Inject(Session, Cluster)
  override dump(session: Session, cluster: Cluster): MaybePromise<Cookie | undefined> {
    return this.dumpTo(this.backendOf(cluster), session)
  }

  @Inject(Session, Cluster)
  override userSessions(session: Session, cluster: Cluster): UserSessions {
    return this.userSessionsIn(this.backendOf(cluster), session)
  }
}

const RULES: OptionRules<RedisStoreOptions> = {
  ...SERVER_STORE_RULES,
  ...REDIS_BACKEND_RULES,
}

noteRemedy(
  Redis,
  "Add `redis('redis://localhost:6379')` of ingot/redis to the `components` of the application, with the URL of your server, or value(Redis, client) with a client of your own.",
)
noteRemedy(
  Cluster,
  "Add `redisCluster([{ host: 'localhost', port: 6379 }])` of ingot/redis to the `components` of the application, with the nodes of your cluster, or value(Cluster, client) with a client of your own.",
)
