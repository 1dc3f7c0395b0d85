import { checkGiven, checkSessionOptions } from '../errors/check-options.js'
import type { SessionBackend } from '../backend/session-backend.js'
import { anObjectWith } from '../../di/index.js'
import { ADAPTER_RULES, SerialBackend, type AdapterOptions } from './serial-backend.js'

/** The methods that are used of a store for express-session: connect-pg-simple, session-file-store and many others. */
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
 * Within one process no write is lost and no destroyed session comes back. Between processes both can happen when
 * two of them write the same session at the same time, because such a store knows only whole sessions. It cannot
 * find the sessions of a user either, so `session.bind` throws.
 *
 * @throws SessionOptionError when an option cannot work.
 */
export function fromExpressStore(
  store: ExpressStore,
  options: AdapterOptions = {},
): SessionBackend {
  checkGiven('store', store, aStore)
  checkSessionOptions(options, ADAPTER_RULES)
  return new SerialBackend(
    `fromExpressStore(${store.constructor?.name ?? 'store'})`,
    {
      read: async (key) => {
        const session = await promiseOf<unknown>((done) => store.get(key, done)).catch(
          undefinedIfNoFile,
        )
        // A session without our text was written by somebody else: it is corrupt, and not missing.
        return isNothing(session)
          ? undefined
          : ((Object(session) as { ingot?: unknown }).ingot ?? '')
      },
      write: (key, text, ttl) =>
        promiseOf((done) => store.set(key, { cookie: cookieOf(ttl), ingot: text }, done)),
      remove: (key) => promiseOf((done) => store.destroy(key, done)),
    },
    options,
  )
}

const aStore = anObjectWith('a store for express-session', 'get', 'set', 'destroy')

type Done<Value> = (error?: Error | null, value?: Value) => void

/** Waits for the callback. Newer stores return a promise as well, and some reject it without calling back. */
function promiseOf<Value = void>(start: (done: Done<Value>) => unknown): Promise<Value> {
  return new Promise((resolve, reject) => {
    const promise = start((error, value) =>
      isNothing(error) ? resolve(value as Value) : reject(error),
    )
    Promise.resolve(promise).catch(reject)
  })
}

/** Stores of files fail with ENOENT when there is no session, and express-session accepts that. */
function undefinedIfNoFile(error: unknown): undefined {
  if ((Object(error) as { code?: unknown }).code !== 'ENOENT') throw error
}

function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null
}

/** These stores read how long to keep a session from the cookie, each from another property. Some round down to whole seconds. */
function cookieOf(ttl: number) {
  const maxAge = Math.ceil(ttl / 1000) * 1000
  const expires = new Date(Date.now() + maxAge)
  return { originalMaxAge: maxAge, maxAge, expires, httpOnly: true, path: '/' }
}
