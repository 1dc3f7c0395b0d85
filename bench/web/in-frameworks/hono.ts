import { Hono } from 'hono'
import { handlers } from '../../../src/adapters/hono.js'
import { Session } from '../../../src/index.js'
import { GREETING } from '../system.js'
import { listening } from '../systems/hono.js'
import { count, keptOf, openApp, read } from './session.js'

export function inHono(): Promise<number> {
  const shop = new Hono()
  const handle = handlers(openApp(), shop)
  shop.get(
    '/read',
    handle([Session], (session, c) => c.text(read(session))),
  )
  shop.get(
    '/kept',
    handle([Session], (session, c) => c.text(keptOf(session))),
  )
  shop.post(
    '/count',
    handle([Session], (session, c) => c.text(count(session))),
  )
  shop.get('/', (c) => c.text(GREETING))
  return listening(shop)
}
