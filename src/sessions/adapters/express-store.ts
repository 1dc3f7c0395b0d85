import { checkGiven, checkSessionOptions } from '../errors/options.js'
import type { SessionBackend } from '../backend/session-backend.js'
import { anExpressStore, getFrom, promiseOf, type ExpressStore } from './express-calls.js'
import { ADAPTER_RULES, SerialBackend, type AdapterOptions } from './serial-backend.js'

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
  checkGiven('store', store, anExpressStore)
  checkSessionOptions(options, ADAPTER_RULES)
  return new SerialBackend(
    `fromExpressStore(${store.constructor?.name ?? 'store'})`,
    {
      read: async (key) => {
        const session = await getFrom(store, key)
        // A session without our text was written by somebody else: it is corrupt, and not missing.
        return session === undefined
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

/** These stores read how long to keep a session from the cookie, each from another property. Some round down to whole seconds. */
function cookieOf(ttl: number) {
  const maxAge = Math.ceil(ttl / 1000) * 1000
  const expires = new Date(Date.now() + maxAge)
  return { originalMaxAge: maxAge, maxAge, expires, httpOnly: true, path: '/' }
}
