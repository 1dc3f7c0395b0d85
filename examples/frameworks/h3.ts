import { H3 } from 'h3'
import { Param, Session } from 'ingot'
import { handlers, mount } from 'ingot/h3'
import { Cart, openApp } from './cart.js'

// #region shop
const app = openApp()
export const shop = new H3()
const handle = handlers(app, shop)

/** A middleware: it shares the session with the handlers behind it. */
shop.use(
  '/cart/**',
  handle([Session], async (session, event, next) => {
    const skus = await next()
    event.res.headers.set('x-items', String((session.get('cart') as string[]).length))
    return skus
  }),
)

shop.post(
  '/cart/:sku',
  handle([Cart, Param('sku')], (cart, sku) => cart.add(sku)),
)
// #endregion

// #region mount
shop.use(mount(app, '/account'))
// #endregion
