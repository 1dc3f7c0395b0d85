import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { GREETING, held, type System } from '../system.js'

export const system: System = {
  hello: () => listening(withHello()),
  waiting: () => listening(withHello().get('/wait', async (context) => context.text(await held()))),
}

function withHello(): Hono {
  return new Hono().get('/', (context) => context.text(GREETING))
}

export function listening({ fetch }: Hono): Promise<number> {
  return new Promise((resolve) => {
    serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
  })
}
