import fastify from 'fastify'
import { Param, Session } from 'ingot'
import { handlers, mount } from 'ingot/fastify'
import { Cart, openApp } from './cart.js'

// #region shop
const app = openApp()
export const shop = fastify()
const handle = handlers(app, shop)

/** A hook: it shares the session with the handler. */
const counted = handle([Session], (session) => {
  session.set('visits', ((session.get('visits') as number | undefined) ?? 0) + 1)
})

shop.post(
  '/cart/:sku',
  { preHandler: counted },
  handle([Cart, Param('sku')], (cart, sku) => cart.add(sku)),
)
// #endregion

// #region mount
shop.register(mount(app), { prefix: '/account' })
// #endregion
