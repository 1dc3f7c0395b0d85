import express, { type Express } from 'express'
import type { SessionData } from 'express-session'
import { oldSessions, type Data } from './old-sessions.js'

/** The visitor's cart. */
class Cart {
  constructor(private readonly session: Partial<SessionData>) {}

  get skus(): Data['cart'] {
    return this.session.cart ?? []
  }

  add(sku: string): void {
    this.session.cart = [...this.skus, sku]
  }
}

export const shop: Express = express()
shop.use(oldSessions)

const openCart: express.RequestHandler = (req, res, next) => {
  res.locals['cart'] = new Cart(req.session)
  next()
}

shop.get('/cart', openCart, (_req, res) => {
  res.json((res.locals['cart'] as Cart).skus)
})

shop.post('/cart/:sku', openCart, (req, res) => {
  const cart = res.locals['cart'] as Cart
  cart.add(String(req.params['sku']))
  res.redirect(303, '/cart')
})
