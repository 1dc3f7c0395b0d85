import assert from 'node:assert/strict'
import type { StoreChecks } from './checks.js'

interface Cart {
  readonly lines: { count: number }[]
}

/** Values come back as they were written. */
export const valueChecks: StoreChecks = {
  'values of JSON come back as they were written': async (app) => {
    const visitor = await app.visitor().begin(VALUES)
    assert.deepEqual(await visitor.data(), VALUES)
  },

  'every key is stored as a key of its own': async (app) => {
    const visitor = app.visitor()
    await visitor.visit((session) => KEYS.forEach((key, index) => session.set(key, index)))
    const found = await visitor.visit((session) =>
      (session.entries() as [string, number][]).sort(byNumber),
    )
    assert.deepEqual(
      found,
      KEYS.map((key, index) => [key, index]),
    )
  },

  'text of every kind comes back exactly': async (app) => {
    const visitor = await app.visitor().begin({ texts: TEXTS })
    for (const [index, text] of TEXTS.entries()) {
      await visitor.visit((session) => session.set(`text ${index}`, text))
    }
    const found = await visitor.visit((session) => [
      session.get('texts'),
      ...TEXTS.map((_, index) => session.get(`text ${index}`)),
    ])
    assert.deepEqual(found, [TEXTS, ...TEXTS])
  },

  'what one request writes the next one reads, every time': async (app) => {
    const visitor = await app.visitor().begin()
    for (let n = 0; n < 30; n++) {
      await visitor.visit((session) => session.set('n', n))
      assert.deepEqual(await visitor.data(), { begun: true, n })
    }
  },

  'a change inside a value is kept': async (app) => {
    const visitor = await app.visitor().begin({ cart: { lines: [{ sku: 'tea', count: 1 }] } })
    await visitor.visit((session) => ((session.get('cart') as Cart).lines[0]!.count = 2))
    assert.deepEqual(await visitor.data(), { cart: { lines: [{ sku: 'tea', count: 2 }] } })
  },

  'changing a value after the request does not change what is stored': async (app) => {
    const visitor = app.visitor()
    const list = ['kept']
    await visitor.visit((session) => session.set('list', list))
    list.push('too late')
    const read = (await visitor.data()) as { list: string[] }
    read.list.push('too late')
    assert.deepEqual(await visitor.data(), { list: ['kept'] })
  },

  'a removed key is gone, and the others stay': async (app) => {
    const visitor = await app.visitor().begin({ a: 1, b: 2 })
    await visitor.visit((session) => session.delete('a'))
    assert.deepEqual(await visitor.data(), { b: 2 })
  },

  'clear() leaves an empty session, and not the old one': async (app) => {
    const visitor = await app.visitor().begin({ a: 1, b: 2 })
    await visitor.visit((session) => session.clear())
    const found = await visitor.visit((session) => [session.isNew, session.toObject()])
    assert.deepEqual(found, [false, {}])
  },

  'the id stays the same, and is not among the data': async (app) => {
    const visitor = app.visitor()
    const id = await visitor.visit((session) => session.set('a', 1).id)
    await visitor.visit((session) => session.set('a', 2))
    const found = await visitor.visit((session) => [session.id, session.get('id')])
    assert.deepEqual(found, [id, id])
    assert.deepEqual(await visitor.data(), { a: 2 })
  },

  'visitors never see data of another visitor': async (app) => {
    const visitors = Array.from({ length: 20 }, () => app.visitor())
    await Promise.all(visitors.map((visitor, user) => visitor.begin({ user })))
    for (let round = 0; round < 3; round++) {
      const found = await Promise.all(visitors.map((visitor) => visitor.data()))
      assert.deepEqual(
        found,
        visitors.map((_, user) => ({ user })),
      )
    }
  },
}

const VALUES = {
  yes: true,
  no: false,
  nothing: null,
  zero: 0,
  negative: -1,
  fraction: 1.5,
  large: Number.MAX_SAFE_INTEGER,
  larger: 1e21,
  text: 'tea',
  empty: '',
  list: [null, [1, [2]], ''],
  noList: [],
  object: { a: { b: [1, { c: 'd' }] }, '': 0 },
  noObject: {},
}

const KEYS = [
  '',
  ' ',
  '1',
  '01',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'createdAt',
  'expires',
  'exp',
  'since',
  'cookie',
  'version',
  'data',
  'm:createdAt',
  'd:x',
  'x',
  'X',
  'a.b',
  'a:b',
  'a/b',
  'a%2Fb',
  '../a',
  '$a',
  'a\nb',
  'a"b',
  'ключ',
  '😀',
  'long '.repeat(20),
]

const TEXTS = [
  '',
  ' ',
  'null',
  'undefined',
  '0',
  '{"a":1}',
  '"quoted"',
  'a.b--c;d=e, f',
  '%3B%00',
  '\r\nSet-Cookie: a=b',
  'NUL \0 in it',
  '\u2028\u2029\uFEFF',
  'שלום',
  'e\u0301',
  '😀👩‍👩‍👧',
]

function byNumber([, one]: [string, number], [, other]: [string, number]): number {
  return one - other
}
