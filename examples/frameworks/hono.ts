import { Hono } from 'hono'
import { Param, Session } from 'ingot'
import { handlers, mount } from 'ingot/hono'
import { Cart, openApp } from './cart.js'

// #region shop
const app = openApp()
export const shop = new Hono()
const handle = handlers(app, shop)

/** A middleware: it shares the session with the handlers behind it. */
shop.use(
  '/cart/*',
  handle([Session], async (session, c, next) => {
    await next()
    c.header('x-items', String((session.get('cart') as string[]).length))
  }),
)

shop.post(
  '/cart/:sku',
  handle([Cart, Param('sku')], (cart, sku, c) => c.json(cart.add(sku))),
)
// #endregion

// #region mount
shop.use(mount(app, '/account'))
// #endregion
