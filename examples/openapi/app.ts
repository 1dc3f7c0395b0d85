import { App, Body, Param, Query, route } from 'ingot'
import { openApiOf } from 'ingot/openapi'
import { z } from 'zod'

// #region app
const Currency = z.enum(['EUR', 'USD']).default('EUR')
const Order = z.object({ sku: z.string(), quantity: z.number().int().min(1).max(99) })

export const app = new App({
  routes: [
    route.get('/products/:sku', [Param('sku'), Query('currency', Currency)], product),
    route.post('/orders', [Body(Order)], order),
    route.get('/openapi.json', [App], (app) => openApiOf(app, { title: 'Shop', version: '1.0.0' })),
  ],
})
// #endregion

function product(sku: string, currency: string) {
  return { sku, currency }
}

function order(placed: z.infer<typeof Order>) {
  return { placed }
}
