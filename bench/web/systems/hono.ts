import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { GREETING, type System } from '../system.js'

export const system: System = {
  hello: () => {
    const app = new Hono().get('/', (context) => context.text(GREETING))
    return new Promise((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
    })
  },
}
