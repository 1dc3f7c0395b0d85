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

/** Of what a test asks of a store, the clock alone is an option of the adapters. */
type Conditions = { readonly clock: () => number }

/** Published stores behind the adapters, each empty. */
export const adapted: Readonly<Record<string, (conditions: Conditions) => Adapted>> = {
  'MemoryStore of express-session': ({ clock }) => ({
    backend: fromExpressStore(new expressSession.MemoryStore(), { clock }),
  }),

  'session-file-store': ({ clock }) => {
    const { path, close } = newFolder()
    const FileStore = storesFor(expressSession)
    const store = new FileStore({ path, retries: 0, logFn: () => {} })
    return { backend: fromExpressStore(store, { clock }), close }
  },

  'unstorage in memory': ({ clock }) => ({ backend: fromUnstorage(createStorage(), { clock }) }),

  'unstorage in files': ({ clock }) => {
    const { path, close } = newFolder()
    const storage = createStorage({ driver: fsDriver({ base: path }) })
    return { backend: fromUnstorage(storage, { clock }), close }
  },
}

function newFolder() {
  const path = mkdtempSync(join(tmpdir(), 'ingot-adapter-'))
  return { path, close: () => rmSync(path, { recursive: true, force: true }) }
}
