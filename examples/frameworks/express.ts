import express, { type Express } from 'express'
import { handlers, mount } from 'ingot/express'
import { App, MemoryStore, Param, route, scoped, Session, sessions } from 'ingot'

/** The visitor's cart: made once for each request, of their session. */
export class Cart {
  readonly #session: Session

  constructor(session: Session) {
    this.#session = session
  }

  add(sku: string): string[] {
    const skus = [...((this.#session.get('cart') as string[] | undefined) ?? []), sku]
    this.#session.set('cart', skus)
    return skus
  }
}

// #region shop
const app = new App({
  routes: [route.get('/visits', [Session], (session) => ({ visits: session.get('visits') ?? 0 }))],
  components: [
    sessions(new MemoryStore()),
    scoped(Cart, [Session], (session) => new Cart(session)),
  ],
})

export const shop: Express = express()
const handle = handlers(app, shop)

/** A middleware: it shares the session with the handlers behind it. */
const counted = handle([Session], (session, _req, _res, next) => {
  session.set('visits', ((session.get('visits') as number | undefined) ?? 0) + 1)
  next()
})

shop.post(
  '/cart/:sku',
  counted,
  handle([Cart, Param('sku')], (cart, sku, _req, res) => {
    res.json(cart.add(sku))
  }),
)
// #endregion

// #region mount
shop.use('/account', mount(app))
// #endregion

/** Finds every mistake of the wiring before the first request. */
export const ready = (): Promise<void> => app.ready()
