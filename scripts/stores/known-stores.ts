import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromExpressStore, fromUnstorage, type SessionBackend } from '../../src/index.js'

/** What a run gives a store. */
export interface Surroundings {
  /** Loads a package that was installed for this run. None of them has to have types. */
  // oxlint-disable-next-line typescript/no-explicit-any -- libraries without types
  readonly load: (name: string) => any
  /** Of an empty Redis. */
  readonly redisUrl: string
}

/** What was made: a store for express-session, or a driver of unstorage; and how to end it. */
interface Made {
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  readonly made: any
  readonly close?: () => unknown
}

/** A published store that is tried behind an adapter. */
export interface KnownStore {
  /** Its package, with the version that is tried, and what it needs beside its own dependencies. */
  readonly packages: readonly [string, ...string[]]
  /** How a user makes it, in one line. */
  readonly code: string
  readonly make: (surroundings: Surroundings) => Made | Promise<Made>
}

const EXPRESS = 'express-session@1'
const UNSTORAGE = 'unstorage@1'

/** The stores in the order of the table. */
export const KNOWN_STORES: readonly KnownStore[] = [
  {
    packages: [EXPRESS],
    code: 'new MemoryStore()',
    make: ({ load }) => ({ made: new (load('express-session').MemoryStore)() }),
  },
  {
    packages: ['memorystore@1', EXPRESS],
    code: 'new MemoryStore({ max: 10_000 })',
    make: ({ load }) => ({
      made: new (load('memorystore')(load('express-session')))({ max: 10_000 }),
    }),
  },
  {
    packages: ['session-memory-store@1', EXPRESS],
    code: 'new MemoryStore()',
    make: ({ load }) => ({ made: new (load('session-memory-store')(load('express-session')))() }),
  },
  {
    packages: ['session-file-store@1', EXPRESS],
    code: 'new FileStore({ path, retries: 0 })',
    make: ({ load }) => {
      const { path, close } = newFolder()
      const FileStore = load('session-file-store')(load('express-session'))
      return { made: new FileStore({ path, retries: 0, logFn: () => {} }), close }
    },
  },
  {
    packages: ['connect-redis@9', 'redis@6', EXPRESS],
    code: 'new RedisStore({ client })',
    make: async ({ load, redisUrl }) => {
      const client = load('redis').createClient({ url: redisUrl })
      await client.connect()
      return {
        made: new (load('connect-redis').RedisStore)({ client }),
        close: () => client.close(),
      }
    },
  },
  {
    packages: [UNSTORAGE],
    code: 'memory()',
    make: ({ load }) => ({ made: load('unstorage/drivers/memory')() }),
  },
  {
    packages: [UNSTORAGE, 'lru-cache@11'],
    code: 'lruCache({ max: 10_000 })',
    make: ({ load }) => ({ made: load('unstorage/drivers/lru-cache')({ max: 10_000 }) }),
  },
  {
    packages: [UNSTORAGE],
    code: 'fs({ base })',
    make: ({ load }) => {
      const { path, close } = newFolder()
      return { made: load('unstorage/drivers/fs')({ base: path }), close }
    },
  },
  {
    packages: [UNSTORAGE],
    code: 'fsLite({ base })',
    make: ({ load }) => {
      const { path, close } = newFolder()
      return { made: load('unstorage/drivers/fs-lite')({ base: path }), close }
    },
  },
  {
    packages: [UNSTORAGE, 'ioredis@5'],
    code: 'redis({ url })',
    make: ({ load, redisUrl }) => ({ made: load('unstorage/drivers/redis')({ url: redisUrl }) }),
  },
]

/** The store behind its adapter. */
export async function openBackend(
  { packages, make }: KnownStore,
  surroundings: Surroundings,
  clock: () => number,
): Promise<{ readonly backend: SessionBackend; readonly close: () => Promise<void> }> {
  const { made, close } = await make(surroundings)
  if (packages[0] !== UNSTORAGE)
    return { backend: fromExpressStore(made, { clock }), close: async () => void (await close?.()) }
  const storage = surroundings.load('unstorage').createStorage({ driver: made })
  const closeBoth = async () => {
    await storage.dispose()
    await close?.()
  }
  return { backend: fromUnstorage(storage, { clock }), close: closeBoth }
}

function newFolder() {
  const path = mkdtempSync(join(tmpdir(), 'ingot-known-store-'))
  return { path, close: () => rmSync(path, { recursive: true, force: true }) }
}
