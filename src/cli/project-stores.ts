/** Where a new project can keep sessions. */
export const PROJECT_STORES = ['memory', 'cookie', 'redis', 'postgres', 'mysql', 'sqlite'] as const
export type ProjectStore = (typeof PROJECT_STORES)[number]

/** What a project has of its store. */
export interface StoreFiles {
  /** What it needs beside Ingot, with the version. */
  readonly dependencies: Readonly<Record<string, string>>
  /** The lines of `.env`. */
  environment(): string
  /** For the README. */
  readonly note: string
  /** The name that is imported from `ingot`. */
  readonly imported: string | undefined
  /** Another import. */
  readonly more: string
  /** The expression that makes the application. */
  readonly made: string
  /** What git does not get. */
  readonly ignored: string
}

export const STORE_FILES: Readonly<Record<ProjectStore, StoreFiles>> = {
  memory: {
    dependencies: {},
    environment: () => 'PORT=3000\n',
    note: 'Sessions are in the memory of the process: they end with it, and other processes do not see them.',
    imported: 'MemoryStore',
    more: '',
    made: 'createApp(new MemoryStore({ secure }))',
    ignored: '',
  },
  cookie: {
    dependencies: {},
    environment: () => `SESSION_SECRET=${newSecret()}\n`,
    note: '`SESSION_SECRET`: 32 random bytes or more, as text; where several processes serve (`pm2 -i 2`), the same for all. It is in `.env`, which git does not get.',
    imported: 'CookieStore',
    more: '',
    made: `createApp(
  new CookieStore({ secret: process.env.SESSION_SECRET || randomSecret(), secure }),
)`,
    ignored: '',
  },
  redis: {
    dependencies: { ioredis: '^6.0.0' },
    environment: () => 'REDIS_URL=redis://localhost:6379\n',
    note: '`REDIS_URL`: where Redis is. It is in `.env`, which git does not get.',
    imported: undefined,
    more: "import { RedisStore, redis } from 'ingot/redis'\n",
    made: `createApp(
  new RedisStore({ secure }),
  redis(process.env.REDIS_URL ?? 'redis://localhost:6379'),
)`,
    ignored: '',
  },
  postgres: {
    dependencies: { pg: '^8.16.0' },
    environment: () => 'DATABASE_URL=postgres://postgres@localhost:5432/postgres\n',
    note: '`DATABASE_URL`: where PostgreSQL is. It is in `.env`, which git does not get. The table of sessions is made when it is missing; `npx ingot schema postgres` prints it.',
    imported: undefined,
    more: "import { PostgresStore, postgres } from 'ingot/sql'\n",
    made: `createApp(
  new PostgresStore({ secure }),
  postgres(process.env.DATABASE_URL ?? 'postgres://localhost:5432/postgres', { migrate: true }),
)`,
    ignored: '',
  },
  mysql: {
    dependencies: { mysql2: '^3.24.0' },
    environment: () => 'DATABASE_URL=mysql://root@localhost:3306/shop\n',
    note: '`DATABASE_URL`: where MySQL or MariaDB is, with a database that is there. It is in `.env`, which git does not get. The table of sessions is made when it is missing; `npx ingot schema mysql` prints it.',
    imported: undefined,
    more: "import { MysqlStore, mysql } from 'ingot/sql'\n",
    made: `createApp(
  new MysqlStore({ secure }),
  mysql(process.env.DATABASE_URL ?? 'mysql://localhost:3306/shop', { migrate: true }),
)`,
    ignored: '',
  },
  sqlite: {
    // Its binaries come through npm, for Node 20 as well.
    dependencies: { libsql: '^0.5.0' },
    environment: () => 'SESSION_FILE=sessions.db\n',
    note: '`SESSION_FILE`: the file of SQLite that keeps sessions, with two more beside it; several processes of one machine may share it.',
    imported: undefined,
    more: "import { SqliteStore, sqlite } from 'ingot/sql'\n",
    made: `createApp(
  new SqliteStore({ secure }),
  sqlite(process.env.SESSION_FILE ?? 'sessions.db'),
)`,
    ignored: 'sessions.db*\n',
  },
}

/** A secret of its own, so that --watch does not log visitors out. */
function newSecret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')
}
