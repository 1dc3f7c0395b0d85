import { randomBytes } from 'node:crypto'

const STORES = ['cookie', 'memory', 'sqlite', 'postgres', 'mysql', 'redis'] as const

/** The settings of the shop, from the environment. */
export class Settings {
  readonly port: number
  readonly store: (typeof STORES)[number]
  readonly redisUrl: string
  /** The file of SQLite. */
  readonly file: string
  /** Where PostgreSQL or MySQL is. */
  readonly databaseUrl: string
  /** The keys of cookies, newest first; old ones are still accepted. */
  readonly secrets: readonly [string, ...string[]]
  /** True when no secret was given, so that cookies end with this process. */
  readonly hasRandomSecret: boolean

  /** @throws {Error} with one sentence for the operator, when a variable makes no sense. */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    const secrets = listOf(env['SESSION_SECRET'])
    this.port = portOf(env['PORT'] || '3000')
    this.store = storeOf(env['SESSION_STORE'] || 'cookie')
    this.redisUrl = env['REDIS_URL'] || 'redis://127.0.0.1:6379'
    this.file = env['SESSION_FILE'] || 'sessions.db'
    this.databaseUrl = env['DATABASE_URL'] || `${this.store}://localhost/shop`
    this.hasRandomSecret = secrets.length === 0
    this.secrets = [secrets[0] ?? randomBytes(32).toString('base64url'), ...secrets.slice(1)]
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(`PORT is '${text}', but a port is a whole number from 0 to 65535.`)
}

function storeOf(name: string): Settings['store'] {
  const store = STORES.find((known) => known === name)
  if (store) return store
  throw new Error(
    `SESSION_STORE is '${name}', but this shop knows ${STORES.slice(0, -1).join(', ')} and redis.`,
  )
}

function listOf(text = ''): string[] {
  const parts = text.split(',').map((part) => part.trim())
  return parts.filter((part) => part !== '')
}
