import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Expiry } from '../../../src/sessions/session/expiry.js'
import { SessionState } from '../../../src/sessions/session/session-state.js'
import { SessionView, stateOf } from '../../../src/sessions/session/session-view.js'
import { Session } from '../../../src/sessions/session/session.js'
import { polluted } from '../pollution.js'

describe('Session as a dictionary', () => {
  it('gives what was set, and undefined for what was not', () => {
    const session = Session.empty()
    session.set('username', 'ada').set('visits', 2)
    expect(session.get('username')).toBe('ada')
    expect(session.get('visits')).toBe(2)
    expect(session.get('absent')).toBeUndefined()
    expect(session.has('username')).toBe(true)
    expect(session.has('absent')).toBe(false)
    expect(session.size).toBe(2)
  })

  it('lists keys, values and entries in the order they were written', () => {
    const session = new Session('an-id', { b: 1, a: [2] })
    expect(session.keys()).toEqual(['b', 'a'])
    expect(session.values()).toEqual([1, [2]])
    expect(session.entries()).toEqual([
      ['b', 1],
      ['a', [2]],
    ])
    expect([...session]).toEqual(session.entries())
    expect(session.toObject()).toEqual({ b: 1, a: [2] })
  })

  it('says whether a deleted key was there', () => {
    const session = new Session('an-id', { a: 1 })
    expect(session.delete('a')).toBe(true)
    expect(session.delete('a')).toBe(false)
    expect(session.has('a')).toBe(false)
  })

  it('takes set(key, undefined) for delete(key) [TY-03]', () => {
    const session = new Session('an-id', { a: 1 })
    session.set('a', undefined)
    expect(session.has('a')).toBe(false)
    expect(session.isChanged).toBe(true)
  })

  it('keeps its id through clear()', () => {
    const session = new Session('an-id', { a: 1 })
    session.clear()
    expect(session.size).toBe(0)
    expect(session.id).toBe('an-id')
    expect(session.get('id')).toBe('an-id')
  })

  it('mints an id of 256 bits when it is new', () => {
    const session = Session.empty()
    expect(session.id).toMatch(/^[\w-]{43}$/)
    expect(session.id).toBe(session.id)
    expect(Session.empty().id).not.toBe(session.id)
  })

  it('does not take the id as a key, nor from loaded data', () => {
    const session = new Session('an-id', { id: 'planted', a: 1 })
    expect(session.id).toBe('an-id')
    expect(session.has('id')).toBe(true)
    expect(session.keys()).toEqual(['a'])
    const message = 'cannot use the session key "id": the id is not data; regenerate() changes it.'
    expect(() => session.set('id', 'other')).toThrow(message)
    expect(() => session.delete('id')).toThrow(message)
    expect(() => session.update('id', () => 'other')).toThrow(message)
    expect(() => Object.assign(session, { id: 'other' })).toThrow(TypeError)
  })

  it('keeps "__proto__" as a plain key [PP-01]', () => {
    const session = Session.empty()
    session.set('__proto__', { isAdmin: true })
    expect(session.get('__proto__')).toEqual({ isAdmin: true })
    expect(session.has('isAdmin')).toBe(false)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(Object.hasOwn(session.toObject(), '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(session.toObject())).toBe(Object.prototype)
  })

  it('inherits no keys [PP-05]', () => {
    const session = Session.empty()
    expect(session.get('constructor')).toBeUndefined()
    expect(session.has('toString')).toBe(false)
    expect(session.keys()).toEqual([])
  })

  it('takes the names of methods and hooks as data [PP-06, PP-08]', async () => {
    const session = Session.empty()
    const names = ['then', 'toJSON', 'length', 'valueOf', 'destroy', 'get', 'set', 'regenerate']
    for (const name of names) session.set(name, name)
    expect(session.toObject()).toEqual(Object.fromEntries(names.map((name) => [name, name])))
    expect(await Promise.resolve(session)).toBe(session)
    session.destroy()
    expect(session.size).toBe(0)
  })

  it('knows no paths in keys [PP-07]', () => {
    const session = Session.empty()
    session.set('a.__proto__.x', 1)
    expect(session.toObject()).toEqual({ 'a.__proto__.x': 1 })
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  it('takes the names of its own times as data [TA-19]', () => {
    const session = Session.empty()
    for (const name of ['exp', 'iat', 'createdAt', 'seenAt', 'v']) session.set(name, 0)
    expect(session.createdAt).toBeInstanceOf(Date)
    expect(session.size).toBe(5)
  })

  it('keeps odd keys exactly and refuses those that no store keeps [TY-15]', () => {
    const session = Session.empty()
    const keys = ['', '1', '01', 'a.b:c', 'new\nline', '\u0000', '😀', 'x'.repeat(1024)]
    for (const key of keys) session.set(key, key)
    expect(new Set(session.keys())).toEqual(new Set(keys))
    expect(() => session.set('half \ud83d', 1)).toThrow(
      'cannot use the session key "half \\ud83d": it is not well-formed Unicode.',
    )
    expect(() => session.set('x'.repeat(1025), 1)).toThrow(
      `cannot use the session key "${'x'.repeat(40)}…": it is longer than 1024 characters.`,
    )
  })
})

describe('changes of a Session', () => {
  it('has none when it was only read', () => {
    const session = new Session('an-id', { cart: { items: [1] } })
    expect(session.get('cart')).toEqual({ items: [1] })
    expect(session.isChanged).toBe(false)
  })

  it('has none when an equal value is set [TY-12]', () => {
    const session = new Session('an-id', { cart: { items: [1] } })
    session.set('cart', { items: [1] })
    expect(session.isChanged).toBe(false)
    session.clear()
    expect(session.isChanged).toBe(true)
    session.set('cart', { items: [1] })
    expect(session.isChanged).toBe(false)
  })

  it('notices a change inside a value', () => {
    const session = new Session<{ cart: { items: number[] } }>('an-id', { cart: { items: [1] } })
    session.get('cart')!.items.push(2)
    expect(session.isChanged).toBe(true)
    expect(session.toObject()).toEqual({ cart: { items: [1, 2] } })
  })

  it('notices a change inside a value after it was set [TY-13]', () => {
    const session = Session.empty()
    const cart = [1]
    session.set('cart', cart)
    cart.push(2)
    expect([...stateOf(session).fields.texts()]).toEqual([['d:cart', '[1,2]']])
  })

  it('refuses a change inside that cannot be stored, when it is dumped [TY-07]', () => {
    const session = new Session<{ cart: { at?: unknown } }>('an-id', { cart: {} })
    session.get('cart')!.at = new Date(0)
    expect(() => session.isChanged).toThrow(
      "cannot store session value 'cart.at': JSON does not carry an instance of Date. " +
        'Store JSON values only, or give the store a serializer that carries this type.',
    )
  })

  it('is new and unchanged until something is written', () => {
    const session = Session.empty()
    expect(session.isNew).toBe(true)
    expect(session.isChanged).toBe(false)
    session.set('a', 1)
    expect(session.isChanged).toBe(true)
    expect(new Session('an-id').isNew).toBe(false)
  })

  it('leaves what is stored alone when a value is refused', () => {
    const session = new Session('an-id', { a: 1 })
    expect(() => session.set('a', 1n as never)).toThrow(
      "cannot store session value 'a': JSON cannot carry a bigint.",
    )
    expect(session.get('a')).toBe(1)
    expect(session.isChanged).toBe(false)
  })
})

describe('update', () => {
  it('gives a copy and stores what is returned', () => {
    const session = new Session<{ cart: string[] }>('an-id', { cart: ['tea'] })
    const before = session.get('cart')
    expect(session.update('cart', (cart = []) => [...cart, 'mug'])).toEqual(['tea', 'mug'])
    expect(session.get('cart')).toEqual(['tea', 'mug'])
    session.update('cart', (cart = []) => {
      expect(cart).not.toBe(before)
      cart.push('pot')
      return cart
    })
    expect(before).toEqual(['tea'])
    expect(session.get('cart')).toEqual(['tea', 'mug', 'pot'])
  })

  it('refuses a function that returns nothing, or a promise', () => {
    const session = new Session('an-id', { n: 1 })
    expect(() => session.update('n', () => undefined as never)).toThrow(
      "cannot store session value 'n': the function given to update() returned nothing.",
    )
    expect(() => session.update('n', (async () => 2) as never)).toThrow(
      "cannot store session value 'n': JSON does not carry an instance of Promise.",
    )
    expect(session.get('n')).toBe(1)
    expect(session.isChanged).toBe(false)
  })
})

describe('take', () => {
  it('gives a value once', async () => {
    const session = new Session('an-id', { code: 7 })
    expect(await session.take('code')).toBe(7)
    expect(await session.take('code')).toBeUndefined()
    expect(session.isChanged).toBe(true)
  })

  it('asks a store that can take, and believes it', async () => {
    const asked: string[] = []
    const answers = ['8', undefined]
    const takeField = async (field: string) => {
      asked.push(field)
      return answers.shift()
    }
    const open = () =>
      new Session(new SessionState({ id: 'an-id', fields: new Map([['d:code', '7']]), takeField }))
    const winner = open()
    expect(await winner.take('code')).toBe(8)
    expect(winner.has('code')).toBe(false)
    expect(winner.isChanged).toBe(false)
    expect(await open().take('code')).toBeUndefined()
    expect(asked).toEqual(['d:code', 'd:code'])
  })

  it('does not ask the store for what was written in this request', async () => {
    const takeField = () => Promise.reject(new Error('not to be asked'))
    const session = new Session(new SessionState({ id: 'an-id', takeField }))
    session.set('code', 9)
    expect(await session.take('code')).toBe(9)
    expect(await session.take('absent')).toBeUndefined()
  })
})

describe('flash', () => {
  const again = (session: Session) =>
    new Session(new SessionState({ id: 'an-id', fields: stateOf(session).fields.texts() }))

  it('gives a message to the next request, once', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    expect(first.flash.get('notice')).toBeUndefined()
    const second = again(first)
    expect(second.flash.get('notice')).toBe('saved')
    expect(second.flash.get('notice')).toBe('saved')
    expect(again(second).flash.get('notice')).toBeUndefined()
  })

  it('is not lost by a request that does not read it', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    const image = again(first)
    expect(image.isChanged).toBe(false)
    expect(again(image).flash.get('notice')).toBe('saved')
  })

  it('gives a message of now to this request only', () => {
    const session = Session.empty()
    session.flash.now('notice', 'wrong')
    expect(session.flash.get('notice')).toBe('wrong')
    expect(session.isChanged).toBe(false)
  })

  it('keeps a message that was read', () => {
    const first = Session.empty()
    first.flash.set('notice', 'saved')
    first.flash.set('warning', 'full')
    const second = again(first)
    second.flash.get('notice')
    second.flash.keep()
    const third = again(second)
    expect(third.flash.get('notice')).toBe('saved')
    third.flash.keep('warning')
    expect(third.flash.get('warning')).toBe('full')
    const fourth = again(third)
    expect(fourth.flash.get('notice')).toBeUndefined()
    expect(fourth.flash.get('warning')).toBe('full')
  })

  it('reads the last message in the request that leaves the next one', () => {
    const first = Session.empty()
    first.flash.set('notice', 'one')
    const second = again(first)
    second.flash.set('notice', 'two')
    expect(second.flash.get('notice')).toBe('one')
    expect(again(second).flash.get('notice')).toBe('two')
  })

  it('is no part of the data', () => {
    const session = Session.empty()
    session.flash.set('notice', 'saved')
    expect(session.size).toBe(0)
    expect(session.has('notice')).toBe(false)
    expect(session.toObject()).toEqual({})
  })
})

describe('regenerate and destroy', () => {
  it('regenerate changes the id, keeps the data and names the old id for the store [FX-04]', () => {
    const session = new Session('old-id', { a: 1 })
    session.regenerate()
    session.regenerate()
    expect(session.id).not.toBe('old-id')
    expect(session.previousId).toBe('old-id')
    expect(session.get('a')).toBe(1)
    expect(session.isChanged).toBe(true)
    expect(session.isNew).toBe(false)
  })

  it('regenerate of a session that no store holds leaves nothing behind', () => {
    const session = Session.empty()
    const first = session.id
    session.regenerate()
    expect(session.id).not.toBe(first)
    expect(session.previousId).toBeUndefined()
    expect(session.isChanged).toBe(false)
  })

  it('what is written after destroy is a new session [LO-02]', () => {
    const session = new Session<Record<string, unknown>>('old-id', { user: 'ada' })
    session.destroy()
    expect(session.isDestroyed).toBe(true)
    expect(session.size).toBe(0)
    session.set('goodbye', true)
    expect(session.isDestroyed).toBe(false)
    expect(session.isNew).toBe(true)
    expect(session.previousId).toBe('old-id')
    expect(session.id).not.toBe('old-id')
    expect(session.toObject()).toEqual({ goodbye: true })
  })

  it('destroy of an anonymous session, or twice, is nothing [LO-03]', () => {
    const session = Session.empty()
    session.destroy()
    session.destroy()
    expect(session.isChanged).toBe(false)
    expect(session.isDestroyed).toBe(false)
    const stored = new Session('old-id')
    stored.destroy()
    stored.destroy()
    expect(stored.previousId).toBe('old-id')
  })
})

describe('bind', () => {
  it('says whose session it is, under a new id, with a fresh authentication [FX-03]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    const expiry = new Expiry({ clock: () => 5000 })
    const session = new Session(new SessionState({ id: 'old-id', metadata, expiry }))
    expect(session.userId).toBeUndefined()
    session.bind('ada', { label: 'Firefox' })
    expect(session.userId).toBe('ada')
    expect(session.id).not.toBe('old-id')
    expect(session.previousId).toBe('old-id')
    expect(session.authenticatedAt).toEqual(new Date(5000))
    expect(stateOf(session).metadata).toMatchObject({ userId: 'ada', label: 'Firefox' })
    session.destroy()
    expect(session.userId).toBeUndefined()
  })

  it('refuses a user without a name', () => {
    expect(() => Session.empty().bind('')).toThrow(
      'a session is bound to the id of a user: text that is not empty',
    )
  })

  it('refuses a label that is no text, with which the session would not be found again', () => {
    // @ts-expect-error - a header that is not there is null in some frameworks
    expect(() => Session.empty().bind('ada', { label: null })).toThrow(
      'the label of a session is text, or not there',
    )
  })

  it('takes no authentication and no label from a polluted Object.prototype [PP-09]', async () => {
    const session = Session.empty()
    await polluted({ authenticated: true, label: 'evil' }, () => {
      session.regenerate()
      expect(session.authenticatedAt).toBeUndefined()
      session.bind('ada')
    })
    expect(stateOf(session).metadata?.label).toBeUndefined()
  })
})

describe('times of a Session', () => {
  const at = (now: number) =>
    new Expiry({ idleTimeout: 60, absoluteTimeout: 600, clock: () => now })

  it('says when it began and when it ends', () => {
    const session = new Session(new SessionState({ expiry: at(1000) }))
    expect(session.createdAt).toEqual(new Date(1000))
    expect(session.expiresAt).toEqual(new Date(61_000))
    expect(session.authenticatedAt).toBeUndefined()
    expect(new Session('an-id').createdAt).toBeUndefined()
    expect(new Session('an-id').expiresAt).toBeUndefined()
  })

  it('regenerate starts the absolute lifetime again only with a declared authentication [EX-04]', () => {
    const metadata = { createdAt: 0, seenAt: 590_000 }
    const session = new Session(new SessionState({ id: 'an-id', metadata, expiry: at(599_000) }))
    session.regenerate()
    expect(session.expiresAt).toEqual(new Date(600_000))
    session.regenerate({ authenticated: true })
    expect(session.expiresAt).toEqual(new Date(659_000))
    expect(session.authenticatedAt).toEqual(new Date(599_000))
  })

  it('remember gives it a lifetime of its own, longer and shorter [EX-17, CE-09]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    const session = new Session(new SessionState({ id: 'an-id', metadata, expiry: at(0) }))
    session.remember(86_400)
    expect(session.expiresAt).toEqual(new Date(86_400_000))
    expect(session.lifetime).toBe(86_400)
    session.remember(5)
    expect(session.expiresAt).toEqual(new Date(5000))
    session.remember(undefined)
    expect(session.expiresAt).toEqual(new Date(60_000))
    expect(session.isChanged).toBe(true)
    for (const odd of [-1, 0.5, Number.NaN, Infinity, '60', null, 401 * 86_400]) {
      expect(() => session.remember(odd as number)).toThrow(
        `the session option 'lifetime' must be a whole number of seconds from 1 to 34560000 (400 days), not ${odd}.`,
      )
    }
  })
})

describe('a session that is closed or may only be read', () => {
  it('refuses writing after the response has begun and names the key [CU-13]', async () => {
    const session = new Session('an-id', { a: 1 })
    stateOf(session).isClosed = true
    const ending =
      ': the session was dumped and the response has begun. ' +
      'Write before the handler returns; a stream writes before it hands over its first byte.'
    expect(() => session.set('a', 2)).toThrow(`cannot set "a"${ending}`)
    expect(() => session.delete('a')).toThrow(`cannot delete "a"${ending}`)
    expect(() => session.update('a', () => 2)).toThrow(`cannot update "a"${ending}`)
    expect(() => session.flash.set('b', 2)).toThrow(`cannot flash "b"${ending}`)
    expect(() => session.clear()).toThrow(`cannot clear the session${ending}`)
    expect(() => session.destroy()).toThrow(`cannot destroy the session${ending}`)
    expect(() => session.regenerate()).toThrow(`cannot regenerate the session${ending}`)
    await expect(session.take('a')).rejects.toThrow(`cannot take "a"${ending}`)
    expect(session.get('a')).toBe(1)
    await expect(session.commit()).resolves.toBeUndefined()
  })

  it('refuses writing through an id that was replaced [RA-08]', () => {
    const session = new Session(new SessionState({ id: 'an-id', isReadOnly: true }))
    const ending =
      ': the request came with an id that regenerate() has replaced; ' +
      'it can only read. The next request of this visitor brings the new id.'
    expect(() => session.set('a', 2)).toThrow(`cannot set "a"${ending}`)
    expect(() => session.regenerate()).toThrow(`cannot regenerate the session${ending}`)
  })
})

describe('what a session shows of itself', () => {
  it('prints neither id nor data [LG-03]', () => {
    const session = Session.fromRecord(
      'a-secret-id',
      Session.empty().set('card', '4111').toRecord(),
    )!
    session.flash.set('notice', '4111')
    const view = new SessionView(stateOf(session))
    for (const shown of [session, view]) {
      const texts = [inspect(shown), JSON.stringify({ shown }), String(shown), `${shown}`]
      texts.push(inspect({ shown }, { depth: 9, showHidden: true }), JSON.stringify({ ...shown }))
      texts.push(inspect(structuredClone(shown)))
      expect(texts.join()).not.toMatch(/a-secret-id|4111/)
    }
    expect(JSON.stringify(session)).toBe('"[Session]"')
    expect(inspect(session)).toBe('[Session]')
  })

  it('is not what merely looks like it', () => {
    const proxy = new Proxy(new Session('an-id'), {})
    expect(() => stateOf(proxy)).toThrow(TypeError)
    expect(() => stateOf({ ...Session.empty() } as never)).toThrow(TypeError)
  })
})

describe('SessionView', () => {
  it('reads the session and hands out copies', () => {
    const session = new Session<{ cart: number[] }>('an-id', { cart: [1] })
    const view = new SessionView<{ cart: number[] }>(stateOf(session))
    view.get('cart')!.push(2)
    view.values()[0]!.push(3)
    expect(session.get('cart')).toEqual([1])
    expect(session.isChanged).toBe(false)
    session.set('cart', [4])
    expect(view.get('cart')).toEqual([4])
    expect(view.id).toBe('an-id')
    expect(view.get('id')).toBe('an-id')
    expect('set' in view).toBe(false)
  })
})
