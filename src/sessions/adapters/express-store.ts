import type { SessionBackend } from '../backend/session-backend.js'
import { SerialBackend, type AdapterOptions } from './serial-backend.js'

/** A store for express-session, as far as it is used: connect-pg-simple, session-file-store and many others. */
export interface ExpressStore {
  // oxlint-disable-next-line typescript/no-explicit-any -- each store types sessions in its own way
  get(id: string, callback: (error: any, session?: any) => void): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  set(id: string, session: any, callback?: (error?: any) => void): unknown
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  destroy(id: string, callback?: (error?: any) => void): unknown
}

/**
 * Makes a backend of a store for express-session: `sessions(new BackendStore(fromExpressStore(store)))`.
 * Its records are not those of express-session; both may share a table.
 *
 * Within one process nothing is lost or revived. Of several processes two that write the same session at
 * the same time may lose one of the writes, and a write may undo a logout: such a store knows only whole
 * sessions. Nor can it find the sessions of a user, so `session.bind` is refused.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function fromExpressStore(
  store: ExpressStore,
  options: AdapterOptions = {},
): SessionBackend {
  return new SerialBackend(
    {
      read: async (key) => {
        const session = await called<unknown>((done) => store.get(key, done)).catch(noneIfNoFile)
        // Something without our text is somebody else's, and not nothing.
        return isNothing(session)
          ? undefined
          : ((Object(session) as { ingot?: unknown }).ingot ?? '')
      },
      write: (key, text, ttl) =>
        called((done) => store.set(key, { cookie: cookieOf(ttl), ingot: text }, done)),
      remove: (key) => called((done) => store.destroy(key, done)),
    },
    options,
  )
}

type Done<Value> = (error?: Error | null, value?: Value) => void

/** Waits for the callback. Newer stores return a promise beside, and some fail there before they call back. */
function called<Value = void>(start: (done: Done<Value>) => unknown): Promise<Value> {
  return new Promise((resolve, reject) => {
    const started = start((error, value) =>
      isNothing(error) ? resolve(value as Value) : reject(error),
    )
    Promise.resolve(started).catch(reject)
  })
}

/** What express-session takes as "no session": stores of files give it. */
function noneIfNoFile(error: unknown): undefined {
  if ((Object(error) as { code?: unknown }).code !== 'ENOENT') throw error
}

function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** Where these stores read how long to keep a session, each in another of the properties. Whole seconds: some round down. */
function cookieOf(ttl: number) {
  const maxAge = Math.ceil(ttl / 1000) * 1000
  const expires = new Date(Date.now() + maxAge)
  return { originalMaxAge: maxAge, maxAge, expires, httpOnly: true, path: '/' }
}
