import express, { type Express } from 'express'
import { App, MemoryStore, Session, sessions } from 'ingot'
import { handlers } from 'ingot/express'
import type { Data } from './old-sessions.js'

/** The visitor's cart. */
class Cart {
  constructor(private readonly session: Session<Data>) {}

  get skus(): Data['cart'] {
    return this.session.get('cart') ?? []
  }

  add(sku: string): void {
    this.session.set('cart', [...this.skus, sku])
  }
}

export const shop: Express = express()
const app = new App({ routes: [], components: [sessions(new MemoryStore())] })

const openCart = handlers(app, shop)([Session], (session: Session<Data>, _req, res, next) => {
  res.locals['cart'] = new Cart(session)
  next()
})

shop.get('/cart', openCart, (_req, res) => {
  res.json((res.locals['cart'] as Cart).skus)
})

shop.post('/cart/:sku', openCart, (req, res) => {
  const cart = res.locals['cart'] as Cart
  cart.add(String(req.params['sku']))
  res.redirect(303, '/cart')
})
