import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as expressSession from 'express-session'
import { fromExpressStore, fromUnstorage, type SessionBackend } from 'ingot'
import storesFor from 'session-file-store'
import { createStorage } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'

/** A backend over a published store, and how to close it. */
export interface Adapted {
  readonly backend: SessionBackend
  readonly close?: () => unknown
}

/** Published stores behind the adapters, each empty. */
export const adapted: Readonly<
  Record<string, (options: Parameters<typeof fromExpressStore>[1] & object) => Adapted>
> = {
  'MemoryStore of express-session': (options) => ({
    backend: fromExpressStore(new expressSession.MemoryStore(), options),
  }),

  'session-file-store': (options) => {
    const { path, close } = newFolder()
    const FileStore = storesFor(expressSession)
    const store = new FileStore({ path, retries: 0, logFn: () => {} })
    return { backend: fromExpressStore(store, options), close }
  },

  'unstorage in memory': (options) => ({ backend: fromUnstorage(createStorage(), options) }),

  'unstorage in files': (options) => {
    const { path, close } = newFolder()
    const storage = createStorage({ driver: fsDriver({ base: path }) })
    return { backend: fromUnstorage(storage, options), close }
  },
}

function newFolder() {
  const path = mkdtempSync(join(tmpdir(), 'ingot-adapter-'))
  return { path, close: () => rmSync(path, { recursive: true, force: true }) }
}
