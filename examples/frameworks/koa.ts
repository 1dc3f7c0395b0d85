import { Router } from '@koa/router'
import { Param, Session } from 'ingot'
import { handlers, mount } from 'ingot/koa'
import Koa from 'koa'
import { Cart, openApp } from './cart.js'

// #region shop
const app = openApp()
export const shop = new Koa()
const router = new Router()
const handle = handlers(app, router)

/** It shares the session with the middleware behind it. */
shop.use(
  handle([Session], async (session, ctx, next) => {
    await next()
    if (session.has('cart')) ctx.set('x-items', String((session.get('cart') as string[]).length))
  }),
)

router.post(
  '/cart/:sku',
  handle([Cart, Param('sku')], (cart, sku, ctx) => {
    ctx.body = cart.add(sku)
  }),
)
shop.use(router.routes())
// #endregion

// #region mount
shop.use(mount(app, '/account'))
// #endregion
