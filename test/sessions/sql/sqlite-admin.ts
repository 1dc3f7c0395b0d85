import { openSqlite } from '../../../src/sessions/sql/clients/sqlite-drivers.js'

/** Opens a file as another program would. */
export async function openAdmin(path: string) {
  const database = await openSqlite(path, {
    driver: undefined,
    synchronous: 'normal',
    timeoutMs: 1000,
  })
  database.exec('PRAGMA busy_timeout = 5000')
  return {
    database,
    run: async (text: string) => {
      if (text.startsWith('SELECT'))
        return database.prepare(text).all() as Record<string, unknown>[]
      database.exec(text)
      return []
    },
    close: () => database.close(),
  }
}
