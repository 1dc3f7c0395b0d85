import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { world, opened, dumped, setCookies } from './cookie-world.js'

describe('the size of a cookie session', () => {
  it('more than 4,096 bytes of name and value is an error that names the large keys [CE-05]', async () => {
    const { store } = world()
    const session = opened(store)
    session.set('small', 1)
    session.set('cart', 'x'.repeat(2500))
    session.set('notes', 'ä'.repeat(600))
    expect(() => dumped(store, session)).toThrow(
      /^the session needs \d{4} bytes, and 4096 are allowed\. Its largest keys: "cart" \(2508 bytes\), "notes" \(1209 bytes\), "small" \(8 bytes\)\. Keep less in it, or use a server-side store\.$/,
    )
  })

  it('names the first 40 characters of a large key, for a visitor may have chosen it', () => {
    const { store } = world()
    const session = opened(store)
    session.set(`${'k'.repeat(40)}!`, 'x'.repeat(4000))
    expect(() => dumped(store, session)).toThrow(`Its largest keys: "${'k'.repeat(40)}" (`)
  })

  it('4,096 bytes are sent, one more is not, and the old cookie stays [CE-05]', async () => {
    const { client, store } = world()
    const sizeWith = (length: number) => {
      const session = opened(store)
      session.set('a', 'x'.repeat(length))
      return String(dumped(store, session)).split(';')[0]!.length - 1
    }
    let length = 2000
    while (sizeWith(length) < 4094) length++
    expect(sizeWith(length)).toBeLessThanOrEqual(4096)
    expect(() => sizeWith(length + 3)).toThrow('and 4096 are allowed')
    await client.post('/write')
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    onTestFinished(() => warned.mockRestore())
    const response = await client.post('/big')
    expect(response.status).toBe(413)
    expect(warned).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('Its largest keys: "big" (4007 bytes)'),
      'SessionWarning',
    )
    expect(setCookies(response)).toEqual([])
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it('counts the longer name that it has over plain http while developing [CE-05]', () => {
    const { store } = world({ secure: 'auto' })
    const lengthOf = (length: number) => {
      const session = opened(store)
      session.set('a', 'x'.repeat(length))
      return dumped(store, session)!.value.length
    }
    let length = 2900
    while ('session-over-http'.length + lengthOf(length) < 4095) length++
    // Three characters of a token carry at least two of a session.
    expect(() => lengthOf(length + 2)).toThrow('and 4096 are allowed')
  })

  it('refuses what is far too large, before any cryptography of it is sent [TY-10]', () => {
    const { store } = world()
    const long = opened(store)
    long.set('text', 'x'.repeat(10_000_000))
    expect(() => dumped(store, long)).toThrow('and 4096 are allowed')
    const many = opened(store)
    for (let key = 0; key < 100_000; key++) many.set(`key${key}`, key)
    expect(() => dumped(store, many)).toThrow('and 4096 are allowed')
    expect(() => many.set('x'.repeat(1_000_000), 1)).toThrow('it is longer than 1024 characters')
  })

  it('takes at most 1.1 of the bytes that the sealed JSON alone would', () => {
    const { store } = world()
    const session = opened(store)
    session.bind('user-8472', { label: 'Firefox on Linux' })
    const kept = {
      name: 'Ada Lovelace',
      email: 'ada@example.org',
      roles: ['customer', 'editor'],
      locale: 'en-GB',
      theme: 'dark',
      cart: [
        { sku: 'tea-100', count: 2 },
        { sku: 'cup-7', count: 1 },
        { sku: 'pot-1', count: 1 },
      ],
      currency: 'EUR',
      lastSeen: '2023-11-14T22:13:20.000Z',
      csrf: 'kZQ5mYw0bq3v1V9x2yTn8RdJ4sLcF6hGkZQ5mYw0bq3',
      returnTo: '/products/tea?page=2',
      consent: { analytics: false, mail: true },
    }
    for (const [key, value] of Object.entries(kept)) session.set(key, value)
    const { name, value } = dumped(store, session)!
    const json = JSON.stringify({ userId: 'user-8472', label: 'Firefox on Linux', ...kept })
    // A nonce of 12 bytes and a tag of 16, as base64url.
    const byHand = Math.ceil(((12 + 16 + Buffer.byteLength(json)) * 4) / 3)
    expect(value.length + name.length).toBeLessThanOrEqual(1.1 * (byHand + name.length))
  })

  it('says once that 80 % are reached, and what a proxy needs [B16]', () => {
    const warnings: string[] = []
    const { store } = world({ warn: (message) => warnings.push(message) })
    for (let visit = 0; visit < 3; visit++) {
      const session = opened(store)
      session.set('cart', 'x'.repeat(2400))
      dumped(store, session)
    }
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /^A session takes 3\d\d\d of the 4096 bytes that its cookie '__Host-session' may have\. Its largest keys: "cart" \(2408 bytes\)\. Keep less in it, or use a server-side store\. A proxy in front has to take such a head: nginx answers 502 until it is told `proxy_buffer_size 8k`\.$/,
    )
  })
})

describe('what a cookie store carries', () => {
  it('every JSON value under every well-formed key [R12, TA-21]', () => {
    const { store } = world()
    const key = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => text !== 'id')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }), (given) => {
        const data = JSON.parse(JSON.stringify(given)) as Record<string, unknown>
        const session = opened(store)
        for (const [name, value] of Object.entries(data)) session.set(name, value)
        const cookie = dumped(store, session)?.toString() ?? ''
        expect(opened(store, cookie.split(';')[0]).toObject()).toEqual(data)
      }),
    )
  })

  it('with a serializer, what JSON cannot [TY-01]', async () => {
    const serializer = {
      stringify: (value: unknown) =>
        value instanceof Date ? `date:${+value}` : JSON.stringify(value),
      parse: (text: string) =>
        text.startsWith('date:') ? new Date(Number(text.slice(5))) : JSON.parse(text),
    }
    const { store } = world({ serializer })
    const session = opened(store)
    session.set('at', new Date(7))
    const cookie = dumped(store, session)!.toString().split(';')[0]
    const again = opened(store, cookie)
    expect(again.get('at')).toEqual(new Date(7))
    expect(dumped(store, again)).toBeUndefined()
  })

  it('a planted "__proto__" without inheriting anything [PP-03]', () => {
    const { store } = world()
    const session = opened(store)
    session.set('user', JSON.parse('{"__proto__":{"isAdmin":true}}'))
    const again = opened(store, dumped(store, session)!.toString().split(';')[0])
    expect((again.get('user') as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})
