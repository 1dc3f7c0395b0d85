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
    loose.delete('anything')
  })

  it('gives no any where no data is declared, nor where a list of tokens infers the session [D8]', () => {
    const loose: Session = Session.empty()
    expectTypeOf(loose.get('anything')).toEqualTypeOf<unknown>()
    expectTypeOf(loose.get('id')).toEqualTypeOf<string>()
    expectTypeOf(loose.values()).toEqualTypeOf<unknown[]>()
    expectTypeOf(loose.entries()).toEqualTypeOf<[string, unknown][]>()
    expectTypeOf(loose.toObject()).toEqualTypeOf<{ [x: string]: unknown }>()
    expectTypeOf(loose.take('anything')).toEqualTypeOf<Promise<unknown>>()
    for (const [, value] of loose) expectTypeOf(value).toEqualTypeOf<unknown>()
    loose.update('anything', (value) => {
      expectTypeOf(value).toEqualTypeOf<unknown>()
      return 1
    })
    route.get('/', [Session, SessionView], (session, view) => {
      expectTypeOf(session.get('anything')).toEqualTypeOf<unknown>()
      expectTypeOf(view.get('anything')).toEqualTypeOf<unknown>()
      expectTypeOf(session.toObject().anything).toEqualTypeOf<unknown>()
      expectTypeOf(session.update('n', (n: number = 0) => n + 1)).toEqualTypeOf<unknown>()
    })
  })

  it('takes the word of a change for the type of a value that is not declared [D8]', () => {
    const loose: Session = Session.empty()
    loose.update('visits', (visits: number = 0) => visits + 1)
    loose.update('tags', (tags: string[] | undefined) => [...(tags ?? []), 'new'])
    // @ts-expect-error - a declared value has its own type
    session.update('user', (user: number = 0) => String(user))
    // @ts-expect-error - also a narrower one
    session.update('user', (user: 'ada' | undefined) => String(user))
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
