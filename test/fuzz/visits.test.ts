/* oxlint-disable vitest/no-conditional-expect -- a property holds for whatever comes out, a session or none */
import fc from 'fast-check'
import { BackendStore, CookieStore, fromUnstorage, MemoryStore, type SessionStore } from 'ingot'
import { createStorage } from 'unstorage'
import { packFields } from '../../src/sessions/session/packed-fields.js'
import { describe, expect, test } from 'vitest'
import { listen, type Act } from '../sessions/events/event-world.js'
import { visitsOf } from '../sessions/every-store.js'
import { newSecret } from '../sessions/secrets.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs, text } from './runs.js'

const NOW = 1_700_000_000_000
const clock = () => NOW

/** A session with all that can be kept of one. */
const begin: Act = (session) => {
  session.regenerate({ authenticated: true })
  session.remember(86_400)
  session.set('cart', ['tea', { n: 1 }])
  session.set('__proto__', 'x')
  session.flash.set('notice', 'saved')
}

/** Reads everything; what is damaged may only be a typed error. */
const read: Act = (session) => {
  const times = [session.createdAt, session.expiresAt, session.authenticatedAt]
  for (const time of times) time?.toISOString()
  const damaged: string[] = []
  for (const key of session.keys()) {
    try {
      JSON.stringify(session.get(key))
    } catch (error) {
      expect(error).toMatchObject({ code: 'SESSION_DATA' })
      damaged.push(key)
    }
  }
  for (const key of ['notice', 'other']) session.flash.get(key)
  return { isNew: session.isNew, damaged, lifetime: session.lifetime ?? null }
}

/** Numbers at the ends of what a number, a time or a counter can be. */
const number = fc.oneof(
  fc.constantFrom('0', '-1', '1.5', '1e300', '-1e300', '9007199254740993', '1e999', '00', '0x10'),
  fc.constantFrom(NOW, NOW + 59_999, NOW + 60_001, NOW * 1000, 4e12).map(String),
  fc.double({ noNaN: true }).map(String),
)
const piece = fc.oneof(
  number,
  fc.json({ maxDepth: 2 }),
  text,
  text.map((given) => JSON.stringify(given)),
  fc.constantFrom(
    'null',
    '"m:layout"',
    '"n:replacedUntil"',
    '"m:__proto__"',
    '{"__proto__":1}',
    '[1e999]',
    '{"a":-0}',
    '""',
  ),
)

/** The fields of `begin` with other texts, packed as they have to be: the record opens, and its values are anything. */
function withOtherTexts(valid: string): fc.Arbitrary<string> {
  const fields = { 'd:cart': '["tea",{"n":1}]', 'd:__proto__': '"x"', 'f:notice': '"saved"' }
  const packed = Object.entries(fields).map((field) => packFields(new Map([field])))
  const texts = fc.tuple(piece, piece, piece)
  return texts.map((given) =>
    packed.reduce((text, field, index) => {
      const name = Object.keys(fields)[index]!
      return text.replace(field, () => packFields(new Map([[name, given[index]!]])))
    }, valid),
  )
}

/** A text whose form is whole and whose values are not: each edit puts something else for a number or a text in it. */
function withOtherValues(valid: string): fc.Arbitrary<string> {
  const edits = fc.array(fc.tuple(fc.nat(200), piece), { minLength: 1, maxLength: 4 })
  return edits.map((each) =>
    each.reduce((given, [at, put]) => {
      const places = [...given.matchAll(/-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"/g)]
      const place = places[at % Math.max(places.length, 1)]
      if (!place) return given + put
      return given.slice(0, place.index) + put + given.slice(place.index + place[0].length)
    }, valid),
  )
}

describe(
  'a record that a disk, a person or another program has damaged',
  { timeout: FUZZ_TIMEOUT },
  () => {
    test('leaves no visitor stuck, whatever it has become [A8, PP-03]', async () => {
      const storage = createStorage()
      const store = new BackendStore(fromUnstorage(storage, { clock }), { clock })
      const { app, visit } = visitsOf(store, { onWarning: () => {} })
      using listening = listen()
      const { cookie } = await visit(undefined, begin)
      const [key] = (await storage.getKeys()) as [string]
      const valid = JSON.stringify(await storage.getItem(key))
      const ours = JSON.parse(valid) as string
      const bytes = fc
        .uint8Array({ maxLength: 60 })
        .map((given) => Buffer.from(given).toString('latin1'))
      const damaged = fc.oneof(
        { weight: 4, arbitrary: withOtherValues(ours) },
        { weight: 4, arbitrary: withOtherTexts(ours) },
        { weight: 1, arbitrary: mutated(ours) },
        { weight: 1, arbitrary: mutated(ours, piece) },
        { weight: 1, arbitrary: bytes },
        { weight: 1, arbitrary: fc.jsonValue() },
      )
      let opened = 0
      await fc.assert(
        fc.asyncProperty(damaged, async (stored) => {
          const put = () => storage.setItem(key, stored as string)
          await put()
          listening.heard()
          const seen = await visit(cookie, read)
          const isNewer = listening.heard().some((kind) => kind.startsWith('failed/load/newer-'))
          // What a newer version of the library wrote must not be lost.
          expect(seen.status).toBe(isNewer ? 503 : 200)
          expect(isPrototypeClean()).toBe(true)
          if (isNewer) return
          if (!(seen.result as { isNew: boolean }).isNew) opened += 1
          await put()
          const written = await visit(cookie, (session) => session.set('new', 1))
          // A record that another request has replaced may only be read.
          expect([200, 409]).toContain(written.status)
          if (written.status === 200) {
            const found = await visit(written.cookie, (session) => session.get('new'))
            expect(found.result).toBe(1)
          }
          await put()
          const ended = await visit(cookie, (session) => session.destroy())
          expect([200, 409]).toContain(ended.status)
          if (ended.status === 200)
            expect((await visit(cookie, read)).result).toMatchObject({ isNew: true })
        }) as never,
        runs(150),
      )
      expect(opened).toBeGreaterThan(0)
      await app.close()
    })
  },
)

const stores: Readonly<Record<string, () => SessionStore>> = {
  'an encrypted cookie': () => new CookieStore({ secret: newSecret(), clock }),
  'a signed cookie': () => new CookieStore({ secret: newSecret(), protection: 'signed', clock }),
  'an id': () => new MemoryStore({ clock }),
}

describe.each(Object.entries(stores))('%s', (_, open) => {
  test(
    'that an attacker has made or changed opens nothing, and is in nobody’s way [TA-02, TA-17]',
    { timeout: FUZZ_TIMEOUT },
    async () => {
      const { app, visit } = visitsOf(open(), { onWarning: () => {} })
      const { cookie } = (await visit(undefined, begin)) as { cookie: string }
      const [, valid] = cookie.split(/=(.*)/s) as [string, string]
      const { cookie: other } = (await visit(undefined, begin)) as { cookie: string }
      const spliced = fc
        .nat(valid.length)
        .map((at) => valid.slice(0, at) + other.slice(other.indexOf('=') + 1 + at))
      const value = fc.oneof(
        mutated(valid, headerText),
        mutated(valid, fc.base64String({ maxLength: 8 })),
        spliced,
        headerText,
      )
      const name = fc.constantFrom(
        '__Host-session',
        '__host-session',
        '__Host-session ',
        'session',
        '__proto__',
      )
      const header = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 12 })
      await fc.assert(
        fc.asyncProperty(header, fc.boolean(), async (cookies, isVisitors) => {
          const forged = cookies.map(
            ([each, given]) => `${each}=${given.replaceAll(/[^\t\x20-\xff]/g, '')}`,
          )
          const isValid = forged.some(
            (line) => line.includes(valid) || line.includes(other.slice(15)),
          )
          if (isValid) return
          // The visitor's own cookie stands before what was planted.
          const sent = isVisitors ? [cookie, ...forged] : forged
          const seen = await visit(sent.join('; '), read)
          expect(seen.status).toBe(200)
          expect((seen.result as { isNew: boolean }).isNew).toBe(!isVisitors)
          expect(isPrototypeClean()).toBe(true)
          if (isVisitors) return
          const written = await visit(sent.join('; '), (session) => session.set('new', 1))
          expect(written.status).toBe(200)
          expect((await visit(written.cookie, (session) => session.toObject())).result).toEqual({
            new: 1,
          })
        }) as never,
        runs(150),
      )
      await app.close()
    },
  )
})
