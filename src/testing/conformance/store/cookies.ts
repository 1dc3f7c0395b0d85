import assert from 'node:assert/strict'
import type { StoreChecks } from './checks.js'

/** Which cookies a response sets, and which cookies of a request count. */
export const cookieChecks: StoreChecks = {
  'a visit that writes nothing gets no cookie': async (app) => {
    const { setCookies } = await app.visitor().attempt((session) => session.get('a'))
    assert.deepEqual(setCookies, [])
  },

  'a session that is only read gets no new cookie': async (app) => {
    const visitor = await app.visitor().begin()
    const { setCookies } = await visitor.attempt((session) => session.toObject())
    assert.deepEqual(setCookies, [])
  },

  'a response that wrote nothing cannot undo the write of another': async (app) => {
    const visitor = await app.visitor().begin({ n: 1 })
    let setCookies: readonly string[] = []
    await visitor.visit(async (session) => {
      session.get('n')
      const reading = await visitor.attempt((other) => other.get('n'))
      setCookies = reading.setCookies
      session.set('n', 2)
    })
    assert.deepEqual(setCookies, [])
    assert.deepEqual(await visitor.data(), { n: 2 })
  },

  'the cookie is HttpOnly, Secure, SameSite, of this host alone, and within 4,096 bytes': async (
    app,
  ) => {
    const { setCookies } = await app.visitor().attempt((session) => session.set('a', 1))
    assert.equal(setCookies.length, 1)
    const [pair = '', ...attributes] = setCookies[0]!.split(/;\s*/)
    const names = attributes.map((one) => one.split('=')[0]!.toLowerCase())
    assert.ok(names.includes('httponly'), 'not HttpOnly')
    assert.ok(names.includes('secure'), 'not Secure')
    assert.ok(!names.includes('domain'), 'with a Domain')
    assert.ok(
      attributes.some((one) => /^samesite=(lax|strict)$/i.test(one)),
      'not SameSite',
    )
    // RFC 6265bis, 4.1.1: only characters that every browser and proxy reads alike.
    assert.match(pair, /^[\w-]+=[\w!#$%&'()*+./:<=>?@[\]^`{|}~-]+$/)
    assert.ok(pair.length <= 4096, 'more than 4,096 bytes')
  },

  'a request sets one cookie, whatever it does': async (app) => {
    const visitor = await app.visitor().begin()
    const { setCookies } = await visitor.attempt(async (session) => {
      session.set('a', 1)
      session.regenerate()
      await session.commit()
      session.regenerate()
      session.destroy()
      session.set('b', 2)
      await session.commit()
      session.set('c', 3)
    })
    assert.equal(setCookies.length, 1)
    assert.deepEqual(await visitor.data(), { b: 2, c: 3 })
  },

  'a cookie that was cut, changed or invented opens no session': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const { name, value } = visitor.cookie
    for (const wrong of damaged(value)) {
      await app.visitor().opensNothing(`${name}=${wrong}`, `a damaged cookie was accepted`)
    }
    for (const header of [name.toLowerCase() + `=${value}`, `x=${visitor.header}`]) {
      if (header === visitor.header) continue
      await app.visitor().opensNothing(header, 'a cookie of another name was accepted')
    }
    assert.deepEqual(await visitor.data(), { secret: 1 })
  },

  'a write does not adopt a cookie value that the store did not issue': async (app) => {
    const visitor = await app.visitor().begin({ secret: 1 })
    const { name, value } = visitor.cookie
    for (const planted of [changed(value, 0), changed(value, value.length >> 1), 'A'.repeat(43)]) {
      const victim = app.visitor()
      await victim.visit((session) => session.set('mine', 1), `${name}=${planted}`)
      assert.notEqual(victim.cookie.value, planted, 'the planted value was kept')
      assert.deepEqual(await victim.data(), { mine: 1 })
      await app.visitor().opensNothing(`${name}=${planted}`, 'the planted value was adopted')
    }
  },

  'a damaged cookie before or after the valid one does not hide it': async (app) => {
    const visitor = await app.visitor().begin({ a: 1 })
    const { name, value } = visitor.cookie
    for (const wrong of ['', 'x', value.slice(0, -1), changed(value, value.length >> 1)]) {
      for (const header of [
        `${name}=${wrong}; ${visitor.header}`,
        `${visitor.header}; ${name}=${wrong}`,
      ]) {
        const { result, setCookies } = await app
          .visitor()
          .attempt((session) => session.toObject(), header)
        assert.deepEqual(result, { a: 1 })
        assert.deepEqual(setCookies, [])
      }
    }
  },
}

/** Wrong values that a visitor could send. */
function damaged(value: string): string[] {
  const positions = [0, 1, 10, value.length >> 1, value.length - 2].filter(
    (at) => at < value.length,
  )
  return [
    ...Array.from({ length: value.length }, (_, length) => value.slice(0, length)),
    ...positions.map((at) => changed(value, at)),
    ...['A', '.', '=', '--', '%00', '"', `.${value}`].map((more) => value + more),
    `"${value}"`,
    `%${value.charCodeAt(0).toString(16)}${value.slice(1)}`,
    `${value},${value}`,
    ...INVENTED,
  ].map(asBytes)
}

const INVENTED = [
  '*',
  '../../etc/passwd',
  'undefined',
  'null',
  '[object Object]',
  '{}',
  'j:{"a":1}',
  '😀',
  '%',
  '%E0%A4%A',
  '%0D%0AFLUSHALL',
  'x'.repeat(4000),
]

function changed(value: string, at: number): string {
  return value.slice(0, at) + (value[at] === 'B' ? 'C' : 'B') + value.slice(at + 1)
}

/** A header carries bytes; a server sees one character for each. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}
