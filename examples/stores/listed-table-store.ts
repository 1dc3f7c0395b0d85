import { createHash } from 'node:crypto'
import { App, Inject, Param, Session, UserSessions, route, sessions, value } from 'ingot'
import type { UserSession } from 'ingot'
import { TableStore } from './table-store.js'
import { Table } from './table.js'

// #region listed
/** A `TableStore` that also finds the sessions of a user. */
export class ListedTableStore extends TableStore {
  @Inject()
  override userSessions(session: Session, table: Table): UserSessions {
    return new TableSessions(session, table)
  }
}

class TableSessions extends UserSessions {
  readonly #session: Session
  readonly #table: Table

  constructor(session: Session, table: Table) {
    super()
    this.#session = session
    this.#table = table
  }

  async list(userId = this.#session.userId): Promise<UserSession[]> {
    const found = await this.#sessionsOf(userId)
    return found
      .map((session) =>
        this.describe(session, { handle: handleOf(session), isCurrent: this.#isCurrent(session) }),
      )
      .toSorted((one, other) => other.seenAt.getTime() - one.seenAt.getTime())
  }

  async revoke(handle: string, userId = this.#session.userId): Promise<boolean> {
    const found = await this.#sessionsOf(userId)
    return (await this.#revokeEach(found.filter((session) => handleOf(session) === handle))) > 0
  }

  async revokeOthers(): Promise<number> {
    const found = await this.#sessionsOf(this.#session.userId)
    return this.#revokeEach(found.filter((session) => !this.#isCurrent(session)))
  }

  async revokeAll(userId = this.#session.userId): Promise<number> {
    return this.#revokeEach(await this.#sessionsOf(userId))
  }

  async #sessionsOf(userId: string | undefined): Promise<Session[]> {
    const rows = userId === undefined ? [] : await this.#table.selectByUser(userId)
    return rows.flatMap(([id, record]) => Session.fromRecord(id, record) ?? [])
  }

  async #revokeEach(found: readonly Session[]): Promise<number> {
    let count = 0
    for (const session of found) {
      // The dump of this request deletes its own row and clears the cookie.
      if (this.#isCurrent(session)) this.#session.destroy()
      else if (!(await this.#table.delete(session.id))) continue
      count += 1
    }
    return count
  }

  #isCurrent({ id }: Session): boolean {
    return id === (this.#session.previousId ?? this.#session.id)
  }
}

/** Whoever reads the list must not learn an id. */
function handleOf({ id }: Session): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22)
}
// #endregion

export function createApp(table: Table): App {
  return new App({
    components: [sessions(ListedTableStore), value(Table, table)],
    routes: [
      route.post('/login/:user', [Session, Param('user')], (session, user) => session.bind(user)),
      route.get('/me', [Session], (session) => session.userId ?? 'nobody'),
      route.get('/sessions', [UserSessions], (found) => found.list()),
      route.delete('/sessions/:handle', [UserSessions, Param('handle')], async (found, handle) => ({
        wasThere: await found.revoke(handle),
      })),
      route.post('/sessions/revoke-others', [UserSessions], async (found) => ({
        revoked: await found.revokeOthers(),
      })),
      route.post('/sessions/revoke-all', [UserSessions], async (found) => ({
        revoked: await found.revokeAll(),
      })),
    ],
  })
}
