import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EncryptedSeal } from '../../../src/sessions/cookie-store/seal.js'
import { KeyRing } from '../../../src/sessions/cookie-store/key-ring.js'
import { type CookieStoreOptions } from '../../../src/sessions/index.js'
import { newSecret } from '../secrets.js'
import { NAME, secret, world, opened, dumped, setCookies } from './cookie-world.js'

describe('cookies that are not ours', () => {
  const visit = async (value: string, options?: Partial<CookieStoreOptions>) => {
    const { app } = world(options)
    return app.fetch(new Request('https://shop.test/read', { headers: { cookie: value } }))
  }

  it('are anonymous visits [CP-02, CP-09, CP-11, CP-13 to CP-16, CP-21, CP-22]', async () => {
    const { client } = world()
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    const headers = [
      '',
      ';',
      '=',
      NAME,
      `=${NAME}=${value}`,
      `${NAME} =${value}`,
      `${NAME}="${value}"`,
      `${NAME}=%`,
      `${NAME}=%E0%A4%A`,
      `${NAME}=%ZZ`,
      `${NAME}=\u0080\u00ff`,
      `${NAME}=a b`,
      `${NAME}=${value}, other=1`,
      `${NAME}=j:{"id":1}`,
      `${NAME}=`,
      `${NAME}=x`,
      `${NAME}=${value}A`,
      `${NAME}=${value.slice(0, -1)}`,
      `${NAME}[id]=${value}`,
      `${NAME.toUpperCase()}=${value}`,
      `${NAME.toLowerCase()}=${value}`,
      `%5F%5FHost-session=${value}`,
      `${NAME}=${encodeURIComponent(value).replace('e', '%65')}`,
    ]
    for (const header of headers) {
      const response = await visit(header)
      expect([header, response.status, await response.json()]).toEqual([header, 200, {}])
      expect(setCookies(response)).toEqual([])
    }
  })

  it('neither hide the good one nor clear it [CP-05]', async () => {
    const { client } = world()
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    for (const header of [`${NAME}=x; ${NAME}=${value}`, `${NAME}=${value}; ${NAME}=x`]) {
      const response = await visit(header)
      expect(await response.json()).toEqual({ user: 'ada' })
      expect(setCookies(response)).toEqual([])
    }
  })

  it('of another cookie name or application are refused [TA-05, CU-11, TA-22]', async () => {
    const { client } = world({ application: 'shop' })
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    const same = await visit(`${NAME}=${value}`, { application: 'shop' })
    expect(await same.json()).toEqual({ user: 'ada' })
    const other = await visit(`${NAME}=${value}`, { application: 'admin' })
    expect(await other.json()).toEqual({})
    const renamed = await visit(`sid=${value}`, { application: 'shop', name: 'sid' })
    expect(await renamed.json()).toEqual({})
  })

  it('are refused as plain JSON and base64, and signed ones by an encrypting store [TA-07]', async () => {
    const json = '{"user":"ada"}'
    const { client } = world({ protection: 'signed' })
    await client.post('/write')
    const signed = client.cookies.get(NAME)!.value
    for (const value of [json, Buffer.from(json).toString('base64url'), signed]) {
      expect(await (await visit(`${NAME}=${value}`)).json()).toEqual({})
    }
  })

  it('are refused when they hold something else, although correctly sealed [TA-17]', async () => {
    const purpose = { purpose: 'session-cookie-encrypted', application: '', name: NAME }
    const seal = new EncryptedSeal(new KeyRing(secret, purpose))
    const { store } = world()
    const session = opened(store)
    session.set('a', 1)
    const token = dumped(store, session)!.value
    const unsealed = seal.unseal(token)
    const good = [...(typeof unsealed === 'string' ? [] : unsealed.content)]
    // Which facts there are; then two lengths, a name and a text.
    const facts = good.length - 5
    const length = good.length - 3
    const changed = (at: number, ...bytes: number[]) => good.toSpliced(at, 1, ...bytes)
    const withFacts = (text: string) => changed(facts, ...Buffer.from(text))
    const contents = {
      nothing: [],
      'an older layout': changed(0, 3),
      'a newer layout': changed(0, 5),
      'no facts': good.slice(0, facts),
      'a time that is missing': withFacts('"'),
      'a user that is missing': withFacts('#'),
      'a user that is longer than the text': withFacts('#z'),
      'a lifetime of no second': withFacts(')!'),
      'a lifetime of more than 400 days': withFacts('){||||"'),
      'a version below 1': withFacts('1!'),
      'a fact that nobody knows': withFacts('[7'),
      'half an id': good.slice(0, 20),
      'no times': good.slice(0, 33),
      'one text too few': good.slice(0, -1),
      'one text too many': [...good, 120],
      'a length that never ends': changed(length, ...Array(10).fill(124)),
      'a length that is longer than the text': changed(length, 35),
      'a length that is no digit': changed(length, 32),
      'a length in another spelling': changed(length, 33 + 46 + 1, 33),
      'a length that is no ASCII': changed(length, 0xc3, 0xa9),
      JSON: [...Buffer.from('{"a":1}')],
    }
    for (const [what, content] of Object.entries(contents)) {
      const response = await visit(`${NAME}=${seal.seal(Buffer.from(content))}`)
      expect([what, response.status, await response.json()]).toEqual([what, 200, {}])
    }
    const again = await visit(`${NAME}=${seal.seal(Buffer.from(good))}`)
    expect(await again.json()).toEqual({ a: 1 })
  })

  it('are answered alike, whatever is wrong with them [TA-20]', async () => {
    const { client, time, app } = world({ idleTimeout: 60 })
    await client.post('/write')
    const { value } = client.cookies.get(NAME)!
    time.now += 60_000
    const answers = []
    for (const sent of [value, `${value.slice(0, -2)}AA`, 'x', world().store && 'eAAAAAAAAAA']) {
      const headers = { cookie: `${NAME}=${sent}` }
      const response = await app.fetch(new Request('https://shop.test/read', { headers }))
      answers.push([response.status, [...response.headers], await response.text()])
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('load never throws [R10]', () => {
    const { store } = world()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(opened(store, `${NAME}=${value}`).isNew).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

describe('rotation of secrets', () => {
  it('seals again what an old secret sealed, also when the session was only read [KR-04]', async () => {
    const [older, newer] = [newSecret(), newSecret()]
    const before = world({ secret: older })
    await before.client.post('/write')
    const both = world({ secret: [newer, older] })
    both.client.cookies.set(NAME, before.client.cookies.get(NAME)!.value)
    expect(setCookies(await both.client.get('/read'))).toHaveLength(1)
    expect(setCookies(await both.client.get('/read'))).toEqual([])
    const after = world({ secret: newer })
    after.client.cookies.set(NAME, both.client.cookies.get(NAME)!.value)
    expect(await after.client.json('/read')).toEqual({ user: 'ada' })
  })

  it('a removed secret makes anonymous visits of its cookies [KR-06]', async () => {
    const before = world({ secret: newSecret() })
    await before.client.post('/write')
    const after = world()
    after.client.cookies.set(NAME, before.client.cookies.get(NAME)!.value)
    expect(await after.client.json('/read')).toEqual({})
  })
})
