import express, { type Express, type Request, type Response } from 'express'
import { App, MemoryStore, scoped, Session, sessions } from 'ingot'
import { handlers } from 'ingot/express'
import { Cart } from './cart.js'

const app = new App({
  routes: [],
  components: [sessions(new MemoryStore()), scoped(Cart, (session: Session) => new Cart(session))],
})

// #region shop
export const shop: Express = express()
const handle = handlers(app, shop)

shop.post(
  '/cart/:sku',
  handle((cart: Cart, sku: string, req: Request, res: Response) => {
    res.json({ cart: cart.add(sku), for: req.get('user-agent') })
  }),
)
// #endregion

export const ready = (): Promise<void> => app.ready()
