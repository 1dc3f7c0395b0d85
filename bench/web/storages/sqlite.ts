import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from './storage.js'

/** A file of this run alone. Statements run in the server's process, which counts them. */
export async function sqliteFile(): Promise<Storage> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-bench-'))
  return {
    url: join(folder, 'sessions.db'),
    commandsDuring: async (server, work) => {
      await server.countStatements()
      await work()
      return server.statements()
    },
    isInServer: true,
    processes: () => [],
    stop: async () => rmSync(folder, { recursive: true }),
  }
}
