import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import type { Keep } from './server-app.js'

/** Statements that are prepared once for each connection, which `pg` does with those that have a name. */
export async function inPostgres(url: string): Promise<Keep> {
  const { Pool } = await import('pg')
  const pool = new Pool({ connectionString: url })
  await pool.query(
    'CREATE TABLE IF NOT EXISTS by_hand (key text PRIMARY KEY, text text NOT NULL, ends_at timestamptz NOT NULL)',
  )
  return {
    get: async (key) => {
      const { rows } = await pool.query<{ text: string }>({
        name: 'get',
        text: 'SELECT text FROM by_hand WHERE key = $1 AND ends_at > now()',
        values: [key],
      })
      return rows[0]?.text ?? null
    },
    create: (key, text, seconds) =>
      pool.query({
        name: 'create',
        text: 'INSERT INTO by_hand (key, text, ends_at) VALUES ($1, $2, now() + make_interval(secs => $3))',
        values: [key, text, seconds],
      }),
    replace: (key, text, seconds) =>
      pool.query({
        name: 'replace',
        text: 'UPDATE by_hand SET text = $2, ends_at = now() + make_interval(secs => $3) WHERE key = $1 AND ends_at > now()',
        values: [key, text, seconds],
      }),
  }
}

export async function inSqlite(path: string): Promise<Keep> {
  const { default: Database } = await import('better-sqlite3')
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec(
    'CREATE TABLE IF NOT EXISTS by_hand (key TEXT PRIMARY KEY, text TEXT NOT NULL, ends_at INTEGER NOT NULL)',
  )
  const get = database.prepare<[string, number], { text: string }>(
    'SELECT text FROM by_hand WHERE key = ? AND ends_at > ?',
  )
  const create = database.prepare('INSERT INTO by_hand (key, text, ends_at) VALUES (?, ?, ?)')
  const replace = database.prepare(
    'UPDATE by_hand SET text = ?, ends_at = ? WHERE key = ? AND ends_at > ?',
  )
  return {
    get: async (key) => get.get(key, Date.now())?.text ?? null,
    create: async (key, text, seconds) => create.run(key, text, Date.now() + seconds * 1000),
    replace: async (key, text, seconds) => {
      const now = Date.now()
      replace.run(text, now + seconds * 1000, key, now)
    },
  }
}

export async function inMysql(url: string): Promise<Keep> {
  const { createPool } = await import('mysql2/promise')
  const pool = createPool(url)
  await pool.query(
    'CREATE TABLE IF NOT EXISTS by_hand (`key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, text mediumtext NOT NULL, ends_at datetime(3) NOT NULL)',
  )
  return {
    get: async (key) => {
      const [rows] = await pool.execute<RowDataPacket[]>(
        'SELECT text FROM by_hand WHERE `key` = ? AND ends_at > UTC_TIMESTAMP(3)',
        [key],
      )
      return (rows[0]?.['text'] as string | undefined) ?? null
    },
    create: (key, text, seconds) =>
      pool.execute<ResultSetHeader>(
        'INSERT INTO by_hand (`key`, text, ends_at) VALUES (?, ?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)',
        [key, text, seconds],
      ),
    replace: (key, text, seconds) =>
      pool.execute<ResultSetHeader>(
        'UPDATE by_hand SET text = ?, ends_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE `key` = ? AND ends_at > UTC_TIMESTAMP(3)',
        [text, seconds, key],
      ),
  }
}
