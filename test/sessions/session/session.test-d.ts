import { describe, expectTypeOf, it } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Cookie, Cookies, route } from '../../../src/http/index.js'
import {
  CookieStore,
  Session,
  sessions,
  SessionStore,
  SessionView,
} from '../../../src/sessions/index.js'

interface Shop {
  user: string
  cart: { sku: string }[]
}

declare const session: Session<Shop>

describe('Session<Data>', () => {
  it('types keys and values by its data', () => {
    expectTypeOf(session.get('user')).toEqualTypeOf<string | undefined>()
    expectTypeOf(session.get('id')).toEqualTypeOf<string>()
    expectTypeOf(session.take('cart')).toEqualTypeOf<Promise<{ sku: string }[] | undefined>>()
    expectTypeOf(session.keys()).toEqualTypeOf<('user' | 'cart')[]>()
    expectTypeOf(session.toObject()).toEqualTypeOf<Partial<Shop>>()
    session.set('user', 'ada').set('user', undefined)
    session.update('cart', (cart = []) => [...cart, { sku: 'tea' }])
  })

  it('refuses other keys and values', () => {
    // @ts-expect-error - no such key
    session.get('usr')
    // @ts-expect-error - not a string
    session.set('user', 1)
    // @ts-expect-error - the id cannot be set
    session.set('id', 'x')
    // @ts-expect-error - the id is read-only
    session.id = 'x'
    // @ts-expect-error - an update has to return a value
    session.update('cart', (cart) => void cart?.pop())
    // @ts-expect-error - an update is not asynchronous
    session.update('user', async () => 'ada')
  })

  it('takes any data when none is declared', () => {
    const loose: Session = Session.empty()
    loose.set('anything', 1)
    expectTypeOf(loose.get('anything')).toBeAny()
  })

  it('fits where a Session of any data is injected', () => {
    inject([Session], (shop: Session<Shop>) => shop.get('user'))
    route.get('/', [Session, SessionView], (shop: Session<Shop>, view: SessionView<Shop>) => {
      expectTypeOf(view.get('user')).toEqualTypeOf<string | undefined>()
      return shop.size
    })
  })

  it('has a view without ways to write', () => {
    const view: SessionView<Shop> = session
    // @ts-expect-error - a view cannot write
    view.set('user', 'eve')
  })
})

describe('sessions()', () => {
  it('takes a store or a class of stores', () => {
    class Store extends SessionStore {
      override load(_cookies: Cookies): Promise<Session> {
        return Promise.resolve(Session.empty())
      }

      override dump(_session: Session): Cookie | undefined {
        return undefined
      }
    }
    sessions(new Store())
    sessions(Store)
    sessions(new CookieStore({ secret: '' }), { save: 'success' })
    // @ts-expect-error - a session is not a store
    sessions(Session)
    // @ts-expect-error - a secret is needed
    expectTypeOf(new CookieStore({})).toBeObject()
    // @ts-expect-error - no such policy
    sessions(new Store(), { save: 'never' })
  })
})
