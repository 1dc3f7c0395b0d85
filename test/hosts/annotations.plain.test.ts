import { H3, H3Event } from 'h3'
import { expect, test } from 'vitest'
import { handlers } from '../../src/adapters/h3.js'
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

test('one of another class is asked for, and ready() misses its component', async () => {
  const { app } = shopOf([])
  await expect(app.ready()).rejects.toThrow(
    'nothing provides Session, parameter `session: Session` of a handler of h3',
  )
})
