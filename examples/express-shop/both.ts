import express, { type Express } from 'express'
import { App, MemoryStore, Session, sessions } from 'ingot'
import { handlers } from 'ingot/express'
import { oldSessions, type Data } from './old-sessions.js'

export const shop: Express = express()

// #region both
shop.use(oldSessions) // stays until no handler has `req.session`

const app = new App({ routes: [], components: [sessions(new MemoryStore())] })
const handle = handlers(app, shop)

/** Moved. What the visitor had put into the cart before comes along. */
const addToCart = handle([Session], (session: Session<Data>, req, res) => {
  const cart = session.get('cart') ?? req.session.cart ?? []
  session.set('cart', [...cart, String(req.params['sku'])])
  res.json(session.get('cart'))
})
// #endregion
shop.post('/cart/:sku', addToCart)

// #region not-moved
/** Not moved yet. */
shop.post('/name/:name', (req, res) => {
  req.session.name = req.params.name
  res.json(`Hello, ${req.session.name}!`)
})
// #endregion

shop.get('/name', (req, res) => {
  res.json(req.session.name ?? null)
})
