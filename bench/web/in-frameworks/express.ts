import express from 'express'
import { handlers } from '../../../src/adapters/express.js'
import { Session } from '../../../src/index.js'
import { GREETING } from '../system.js'
import { listening } from '../systems/express.js'
import { count, keptOf, openApp, read } from './session.js'

export function inExpress(): Promise<number> {
  const shop = express()
  const handle = handlers(openApp(), shop)
  shop.get(
    '/read',
    handle([Session], (session, _request, response) => response.type('text').send(read(session))),
  )
  shop.get(
    '/kept',
    handle([Session], (session, _request, response) => response.type('text').send(keptOf(session))),
  )
  shop.post(
    '/count',
    handle([Session], (session, _request, response) => response.type('text').send(count(session))),
  )
  shop.get('/', (_request, response) => {
    response.type('text').send(GREETING)
  })
  return listening(shop)
}
