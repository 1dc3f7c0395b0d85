import { Inject, Session, SessionStore, UserSessions, type UserSession } from 'ingot'

/** Gives what a test says, whatever it is asked. */
export class ScriptedSessions extends UserSessions {
  readonly #answer: () => unknown

  constructor(answer: () => unknown) {
    super()
    this.#answer = answer
  }

  override async list(): Promise<UserSession[]> {
    return (await this.#answer()) as UserSession[]
  }

  override async revoke(): Promise<boolean> {
    return (await this.#answer()) as boolean
  }

  override async revokeOthers(): Promise<number> {
    return (await this.#answer()) as number
  }

  override async revokeAll(): Promise<number> {
    return (await this.#answer()) as number
  }

  shown(session: Session): UserSession {
    return this.describe(session, { handle: 'a-handle', isCurrent: false })
  }
}

/** A store of one’s own that finds the sessions of a user. */
export class ScriptedUsersStore extends SessionStore {
  readonly #answer: () => unknown

  constructor(answer: () => unknown) {
    super()
    this.#answer = answer
  }

  override load(): Session {
    return Session.empty()
  }

  override dump(): undefined {}

  @Inject()
  override userSessions(): UserSessions {
    return new ScriptedSessions(this.#answer)
  }
}
