import { Cookie } from 'ingot'
import type { OldSessions } from 'ingot/moving'

/** A row of the old application. */
export interface Row {
  readonly user: string
  readonly since: Date
}

// #region tokens
/** Random tokens in a cookie, with a table of who has them. */
export function tokens(table: Map<string, Row>): OldSessions {
  return {
    names: ['token'],
    find: async (cookies) =>
      cookies
        .getAll('token')
        .slice(0, 4)
        .map((token) => ({
          text: token,
          key: token,
          read: async () => {
            const row = table.get(token)
            return row ? { data: { user: row.user }, createdAt: row.since } : 'unknown'
          },
          end: async () => {
            table.delete(token)
            return [Cookie.expired('token')]
          },
        })),
  }
}
// #endregion
