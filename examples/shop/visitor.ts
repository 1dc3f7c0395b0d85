import type { Session } from 'ingot'

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

/** A new id at login: one that somebody planted before is worth nothing afterwards. */
export function logIn(session: Session<Shop>, username: string): void {
  session.regenerate()
  session.set('username', username)
}

/** Nothing stays: not the name, not the cart, not the cookie. */
export function logOut(session: Session<Shop>): void {
  session.destroy()
}
