import type { Session, UserSessions } from 'ingot'

export interface CartItem {
  readonly sku: string
  readonly quantity: number
}

/** The data of a session. Each note has a key of its own, so that parallel writes never collide. */
export interface Shop {
  username: string
  cart: CartItem[]
  visits: number
  [note: `note:${string}`]: string
}

/** Who sent the request: their name, login and logout, and the message on their next page. */
export class Visitor {
  /** Their sessions in all their browsers, where the store can find them. */
  readonly sessions: UserSessions | undefined
  readonly #session: Session<Shop>
  readonly #browser: string

  constructor(session: Session<Shop>, browser: string, sessions: UserSessions | undefined) {
    this.#session = session
    this.#browser = browser
    this.sessions = sessions
  }

  /** `undefined` when they are not logged in. */
  get username(): string | undefined {
    return this.#session.get('username')
  }

  /**
   * Gives the session a new id: an id that somebody planted before is worth nothing afterwards.
   *
   * @param lifetime seconds for which they stay logged in; `undefined`: until they close the browser.
   */
  logIn(username: string, lifetime?: number): void {
    // `bind` adds the session to the user's list, and the cookie store keeps none.
    if (this.sessions) this.#session.bind(username, { label: this.#browser })
    else this.#session.regenerate({ authenticated: true })
    this.#session.set('username', username)
    this.#session.remember(lifetime)
  }

  /** Deletes everything: the name, the cart, the cookie. */
  logOut(): void {
    this.#session.destroy()
  }

  /** Leaves a message for the next page. */
  tell(notice: string): void {
    this.#session.flash.set('notice', notice)
  }

  /** The message for this page, once. A session that had nothing else in it ends. */
  hear(): string | undefined {
    const notice = this.#session.flash.get<string>('notice')
    if (this.#session.isChanged && this.#session.size === 0) this.#session.destroy()
    return notice
  }
}
