import session, { type Store } from 'express-session'
import { LIFE, SECRET } from './system.js'

declare module 'express-session' {
  interface SessionData {
    count: number
  }
}

/** express-session, with the settings that its documentation recommends. */
export function expressSession(store: Store): ReturnType<typeof session> {
  return session({
    secret: SECRET,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
  })
}

export async function inPostgres(url: string): Promise<Store> {
  const { default: connectPgSimple } = await import('connect-pg-simple')
  const { Pool } = await import('pg')
  const PgStore = connectPgSimple(session)
  return new PgStore({
    pool: new Pool({ connectionString: url }),
    createTableIfMissing: true,
    ttl: LIFE,
  })
}

/** The file has the same journal as the others'. */
export async function inSqlite(path: string): Promise<Store> {
  const { default: Database } = await import('better-sqlite3')
  const { default: sqliteStore } = await import('better-sqlite3-session-store')
  const client = new Database(path)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = NORMAL')
  return new (sqliteStore(session))({ client })
}

/** It makes its table when it is made; until then it keeps nothing. */
export async function inMysql(url: string): Promise<Store> {
  const { default: mysqlStore } = await import('express-mysql-session')
  const { default: mysql } = await import('mysql2/promise')
  const store = new (mysqlStore(session as never))(
    { expiration: LIFE * 1000 },
    mysql.createPool(url) as never,
  )
  await store.onReady()
  return store as never
}
