import type { Session, UserSessions } from 'ingot'

export interface CartItem {
  readonly sku: string
  readonly quantity: number
}

/** What the shop remembers of a visitor. Every note has a key of its own, so that they never collide. */
export interface Shop {
  username: string
  cart: CartItem[]
  visits: number
  [note: `note:${string}`]: string
}

/** The one who sent the request: who he is, how he comes and goes, and what the next page tells him. */
export class Visitor {
  /** His sessions in all his browsers, where the store can find them. */
  readonly sessions: UserSessions | undefined
  readonly #session: Session<Shop>
  readonly #browser: string

  constructor(session: Session<Shop>, browser: string, sessions: UserSessions | undefined) {
    this.#session = session
    this.#browser = browser
    this.sessions = sessions
  }

  /** `undefined` for who is not logged in. */
  get username(): string | undefined {
    return this.#session.get('username')
  }

  /**
   * Gives the session a new id: one that somebody planted before is worth nothing afterwards.
   *
   * @param lifetime seconds for which he stays logged in; `undefined`: until he closes the browser.
   */
  logIn(username: string, lifetime?: number): void {
    // To bind a session is to have it listed, which a cookie on its own cannot be.
    if (this.sessions) this.#session.bind(username, { label: this.#browser })
    else this.#session.regenerate({ authenticated: true })
    this.#session.set('username', username)
    this.#session.remember(lifetime)
  }

  /** Nothing stays: not the name, not the cart, not the cookie. */
  logOut(): void {
    this.#session.destroy()
  }

  /** Leaves a message for the next page. */
  tell(notice: string): void {
    this.#session.flash.set('notice', notice)
  }

  /** The message that was left, once. A session that was there for nothing else ends with it. */
  hear(): string | undefined {
    const notice = this.#session.flash.get<string>('notice')
    if (this.#session.isChanged && this.#session.size === 0) this.#session.destroy()
    return notice
  }
}
