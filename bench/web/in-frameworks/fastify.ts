import fastify from 'fastify'
import { handlers } from '../../../src/adapters/fastify.js'
import { Session } from '../../../src/index.js'
import { GREETING } from '../system.js'
import { listening } from '../systems/fastify.js'
import { count, keptOf, openApp, read } from './session.js'

export function inFastify(): Promise<number> {
  const shop = fastify()
  const handle = handlers(openApp(), shop)
  shop.get('/read', handle([Session], read))
  shop.get('/kept', handle([Session], keptOf))
  shop.post('/count', handle([Session], count))
  shop.get('/', () => GREETING)
  return listening(shop)
}
