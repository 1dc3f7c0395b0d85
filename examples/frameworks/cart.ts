import { App, MemoryStore, route, scoped, Session, sessions } from 'ingot'

/** The visitor's cart: made once for each request, of their session. */
export class Cart {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  get skus(): string[] {
    return (this.#session.get('cart') as string[] | undefined) ?? []
  }

  add(sku: string): string[] {
    const skus = [...this.skus, sku]
    this.#session.set('cart', skus)
    return skus
  }
}

/** What the shops of this folder ask. Its own routes are mounted below `/account`. */
export const openApp = (): App =>
  new App({
    routes: [route.get('/cart', [Session], (session) => ({ cart: session.get('cart') ?? [] }))],
    components: [
      sessions(new MemoryStore()),
      scoped(Cart, [Session], (session) => new Cart(session)),
    ],
  })
