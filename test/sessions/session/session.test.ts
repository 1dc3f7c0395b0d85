import { describe, expect, it } from 'vitest'
import { SessionState } from '../../../src/sessions/session/session-state.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'
import { Session } from '../../../src/sessions/session/session.js'

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

  it.each<[string, (session: Session) => unknown]>([
    ['set', (session) => session.set('user', { profile: { since: new Date(0) } })],
    ['update', (session) => session.update('user', () => ({ profile: { since: new Date(0) } }))],
  ])('shows the line that called %s, and none of its own above it', (_, write) => {
    let stack = ''
    try {
      write(Session.empty())
    } catch (error) {
      stack = (error as Error).stack!
    }
    expect(/\n +at (.*)/.exec(stack)![1]).toContain('session.test.ts')
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
      "cannot store session value 'n': it is a promise. Await it before it is set.",
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
