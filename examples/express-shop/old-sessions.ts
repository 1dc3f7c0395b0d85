import session, { MemoryStore } from 'express-session'

/** What the shop keeps of a visitor. */
export interface Data {
  cart: string[]
  name: string
}

declare module 'express-session' {
  interface SessionData {
    cart?: Data['cart']
    name?: Data['name']
  }
}

/** The sessions of the shop before it moves. */
export const oldSessions = session({
  store: new MemoryStore(),
  secret: 'no secret but in an example',
  resave: false,
  saveUninitialized: false,
})
