import { App, Session, route, sessions, value } from 'ingot'
import { MysqlStore, PostgresStore, SqliteStore, mysql, postgres, sqlite } from 'ingot/sql'
import { Pool } from 'pg'

const routes = [
  route.get('/', [Session], (session) => session.toObject()),
  route.post('/', [Session], (session) => {
    return session.update('count', (before: number = 0) => before + 1)
  }),
  route.post('/logout', [Session], (session) => session.destroy()),
]

// #region postgres
export function withPostgres(url: string): App {
  return new App({
    components: [sessions(new PostgresStore()), postgres(url, { migrate: true })],
    routes,
  })
}
// #endregion

// #region pool
/** The application's own pool, which it ends itself. */
export function withPool(pool: Pool): App {
  return new App({
    components: [sessions(new PostgresStore()), postgres(Pool), value(Pool, pool)],
    routes,
  })
}
// #endregion

// #region sqlite
export function withSqlite(path: string): App {
  return new App({ components: [sessions(new SqliteStore()), sqlite(path)], routes })
}
// #endregion

// #region mysql
export function withMysql(url: string): App {
  return new App({
    components: [sessions(new MysqlStore()), mysql(url, { migrate: true })],
    routes,
  })
}
// #endregion

// #region table
/** A table of one's own names, made by a migration of one's own. */
export function withTable(url: string): App {
  const table = { schema: 'shop', table: 'visits', columns: { key: 'id', text: 'record' } }
  return new App({ components: [sessions(new PostgresStore()), postgres(url, table)], routes })
}
// #endregion
