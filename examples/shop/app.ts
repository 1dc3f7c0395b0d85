import {
  App,
  CookieStore,
  MemoryStore,
  Session,
  UserSessions,
  optional,
  route,
  scoped,
  sessions,
  type SessionStore,
} from 'ingot'
import { RedisStore, redis } from 'ingot/redis'
import { Account } from './account.js'
import { Api } from './api.js'
import { browserName } from './browser.js'
import { Cart } from './cart.js'
import { Catalog } from './catalog.js'
import { errorPage } from './page.js'
import { Pages } from './pages.js'
import type { Settings } from './settings.js'
import { Visitor } from './visitor.js'

// #region providing
/** Makes the shop; `listen` or `fetch` starts it. */
export function createShop(settings: Settings): App {
  return new App({
    components: [
      sessions(storeFor(settings)),
      redis(settings.redisUrl),
      scoped(Cart, [Session, Catalog], (session, catalog) => new Cart(session, catalog)),
      scoped(Visitor, [Session, Headers, optional(UserSessions)], (session, headers, listed) => {
        return new Visitor(session, browserName(headers.get('user-agent')), listed)
      }),
    ],
    routes: [Pages, Account, Api, route.get('/healthz', [], () => ({ ok: true }))],
    errorPages: { html: errorPage },
  })
}
// #endregion

function storeFor(settings: Settings): SessionStore {
  switch (settings.store) {
    case 'cookie':
      return new CookieStore({ secret: settings.secrets })
    case 'memory':
      return new MemoryStore()
    case 'redis':
      return new RedisStore()
  }
}
