import express, { type Request, type Response } from 'express'
import { H3, H3Event } from 'h3'
import { expect, onTestFinished, test } from 'vitest'
import { handlers as ofExpress } from '../../src/adapters/express.js'
import { handlers } from '../../src/adapters/h3.js'
import { urlOf } from './open-shop.js'
import { App, MemoryStore, Session, sessions } from '../../src/index.js'

/** A shop of h3 whose handlers say by their annotations what they ask for. */
function shopOf(components: ConstructorParameters<typeof App>[0]['components']) {
  const app = new App({ routes: [], components: components ?? [] })
  const shop = new H3()
  const handle = handlers(app)
  shop.get(
    '/',
    handle((session: Session, event: H3Event) => {
      session.set('path', event.url.pathname)
      return { path: session.get('path') }
    }),
  )
  return { app, shop }
}

test('a parameter whose type is a class of the framework is given by the framework', async () => {
  const { app, shop } = shopOf([sessions(new MemoryStore())])
  await app.ready()
  const response = await shop.request('https://shop.test/')
  expect(await response.json()).toEqual({ path: '/' })
})

test('so is one whose type is only an interface of the framework', async () => {
  const app = new App({ routes: [], components: [sessions(new MemoryStore())] })
  onTestFinished(() => app.close())
  const shop = express()
  const handle = ofExpress(app, shop)
  shop.get(
    '/:name',
    handle((session: Session, req: Request, res: Response) => {
      session.set('name', req.params['name'])
      res.json({ name: session.get('name') })
    }),
  )
  await app.ready()
  const response = await fetch(`${await urlOf(shop.listen(0))}/ada`)
  expect(await response.json()).toEqual({ name: 'ada' })
})

test('one of another class is asked for, and ready() misses its component', async () => {
  const { app } = shopOf([])
  await expect(app.ready()).rejects.toThrow(
    'nothing provides Session, parameter `session: Session` of a handler of h3',
  )
})
