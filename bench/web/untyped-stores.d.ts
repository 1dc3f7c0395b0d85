declare module 'better-sqlite3-session-store' {
  import type { Database } from 'better-sqlite3'
  import type session from 'express-session'
  import type { Store } from 'express-session'

  export default function (given: typeof session): new (options: { client: Database }) => Store
}
