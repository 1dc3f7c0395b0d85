import Database from 'better-sqlite3'
import sqliteStore from 'better-sqlite3-session-store'
import connectPgSimple from 'connect-pg-simple'
import mysqlStore from 'express-mysql-session'
import session, { type Store } from 'express-session'
import mysql from 'mysql2/promise'
import { Pool } from 'pg'
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

export function inPostgres(url: string): Store {
  const PgStore = connectPgSimple(session)
  return new PgStore({
    pool: new Pool({ connectionString: url }),
    createTableIfMissing: true,
    ttl: LIFE,
  })
}

/** The file has the same journal as the others'. */
export function inSqlite(path: string): Store {
  const client = new Database(path)
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = NORMAL')
  return new (sqliteStore(session))({ client })
}

/** It makes its table when it is made; until then it keeps nothing. */
export async function inMysql(url: string): Promise<Store> {
  const store = new (mysqlStore(session as never))(
    { expiration: LIFE * 1000 },
    mysql.createPool(url) as never,
  )
  await store.onReady()
  return store as never
}
