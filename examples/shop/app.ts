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
  type Component,
} from 'ingot'
import { RedisStore, redis } from 'ingot/redis'
import { MysqlStore, PostgresStore, SqliteStore, mysql, postgres, sqlite } from 'ingot/sql'
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
      ...sessionsIn(settings),
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

function sessionsIn({ store, secrets, file, databaseUrl, redisUrl }: Settings): Component[] {
  switch (store) {
    case 'cookie':
      return [sessions(new CookieStore({ secret: secrets }))]
    case 'memory':
      return [sessions(new MemoryStore())]
    case 'sqlite':
      return [sessions(new SqliteStore()), sqlite(file)]
    case 'postgres':
      return [sessions(new PostgresStore()), postgres(databaseUrl, { migrate: true })]
    case 'mysql':
      return [sessions(new MysqlStore()), mysql(databaseUrl, { migrate: true })]
    case 'redis':
      return [sessions(new RedisStore()), redis(redisUrl)]
  }
}
