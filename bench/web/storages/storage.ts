import type { Server } from '../server.js'
import type { Kind } from '../system.js'
import { startMariadb } from './mariadb.js'
import { startPostgres } from './postgres.js'
import { startRedis } from './redis.js'
import { sqliteFile } from './sqlite.js'

/** Where servers keep sessions outside of their process, or in a file. */
export interface Storage {
  /** What a server is told: a URL, or the path of a file. */
  readonly url: string
  /** How many commands or statements a server sends to it while something goes on. */
  commandsDuring(server: Server, work: () => Promise<void>): Promise<number>
  /** Whether it is told of each command while they are counted. Default: it counts them itself. */
  readonly isSlowedByCounting?: boolean
  /** Whether it works in the process of the server. Default: it has processes of its own. */
  readonly isInServer?: boolean
  /** The ids of its processes; none where it works in the process of the server. */
  processes(): readonly number[]
  stop(): Promise<void>
}

const STARTS: { readonly [K in Kind]?: () => Promise<Storage> } = {
  redis: startRedis,
  postgres: startPostgres,
  mysql: startMariadb,
  sqlite: sqliteFile,
}

/** What the kinds of a run need; each starts when it is first asked for. */
export class Storages {
  readonly #started = new Map<Kind, Promise<Storage>>()

  async of(kind: Kind): Promise<Storage | undefined> {
    const start = STARTS[kind]
    if (!start) return undefined
    const started = this.#started.get(kind) ?? start()
    this.#started.set(kind, started)
    return started
  }

  async stop(): Promise<void> {
    for (const started of this.#started.values()) await (await started).stop()
  }
}
