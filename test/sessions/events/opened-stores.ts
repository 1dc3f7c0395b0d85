import { randomBytes } from 'node:crypto'
import { Redis } from 'ioredis'
import { value, type Component } from '../../../src/di/index.js'
import { RedisBackend, RedisStore } from '../../../src/sessions/redis/index.js'
import {
  BackendStore,
  CookieStore,
  MemoryBackend,
  SessionStore,
  type ServerStoreOptions,
  type SessionBackend,
} from '../../../src/sessions/index.js'
import type { RedisServer } from '../../support/redis-server.js'
import { eventWorld, listen } from './event-world.js'
import { newSecret } from '../secrets.js'

export const NAME = '__Host-session'
export const START = 1_700_000_000_000

/** A store of one test; its backend has a clock of its own, so that records outlive what they hold. */
export interface Opened {
  readonly store: SessionStore
  readonly backend: SessionBackend
  readonly components: readonly Component[]
  stop(): void
}
export type Open = (options?: ServerStoreOptions) => Opened

export const overMemory: Open = (options) => {
  const backend = new MemoryBackend({ now: () => START })
  return { store: new BackendStore(backend, options), backend, components: [], stop: () => {} }
}

/** @param server the Redis of the test file. */
export const overRedis =
  (server: () => RedisServer): Open =>
  (options) => {
    const client = new Redis(server().port)
    const prefix = `${randomBytes(6).toString('hex')}:`
    return {
      store: new RedisStore({ ...options, prefix }),
      backend: new RedisBackend(client, { prefix }),
      components: [value(Redis, client)],
      stop: () => client.disconnect(),
    }
  }

export const overCookie: Open = (options) => {
  const backend = new MemoryBackend({ now: () => START })
  const store = new CookieStore({ secret: newSecret(), revocations: backend, ...options })
  return { store, backend, components: [], stop: () => {} }
}

/** An application over a store, with a clock that the test moves. */
export function open(opener: Open, options: ServerStoreOptions = {}, policy = {}) {
  const time = { now: START }
  const { store, backend, components, stop } = opener({ clock: () => time.now, ...options })
  const world = eventWorld(store, policy, components)
  const listening = listen()
  return {
    ...world,
    ...listening,
    backend,
    time,
    visitor: async () => {
      const { cookie } = await world.visit(undefined, (session) => session.set('user', 'ada'))
      listening.heard()
      return cookie as string
    },
    [Symbol.asyncDispose]: async () => {
      listening[Symbol.dispose]()
      await world.stop()
      stop()
    },
  }
}
