import { expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import { sessionFacts, sessionKeys, sessionValues } from '../../../src/sessions/inspection/index.js'
import { MemoryStore, Session } from '../../../src/sessions/index.js'
import { recordKey } from '../../../src/sessions/session/session-id.js'

const NOW = 1_700_000_000_000

async function opened() {
  const store = new MemoryStore({ clock: () => NOW })
  const begun = await store.load(new Cookies())
  begun.bind('ada')
  begun.remember(600)
  begun.set('cart', ['a', 'b'])
  begun.flash.set('notice', 'wëlcome')
  await store.dump(begun)
  const { id } = begun
  return { id, session: await store.load(new Cookies(`${store.cookieName}=${id}`)) }
}

test('the facts of a session are its times, its limits and its keys, the largest first', async () => {
  const { id, session } = await opened()
  expect(sessionFacts(session)).toEqual({
    key: recordKey(id).slice(0, 12),
    createdAt: NOW,
    seenAt: NOW,
    authenticatedAt: NOW,
    expiresAt: NOW + 600_000,
    limitAt: NOW + 600_000,
    idleTimeout: 1800,
    absoluteTimeout: 28_800,
    lifetime: 600,
    userId: 'ada',
    keys: [
      { name: 'notice', isFlash: true, bytes: 6 + 10 },
      { name: 'cart', isFlash: false, bytes: 4 + 9 },
    ],
  })
  expect(sessionValues(session)).toEqual({ cart: '["a","b"]', notice: '"wëlcome"' })
})

test('its key is no part of the id, and has twelve characters', async () => {
  const { id, session } = await opened()
  const { key } = sessionFacts(session)!
  expect(key).toHaveLength(12)
  expect(id).not.toContain(key)
})

test('what no store holds has keys alone, and what is no session has nothing', () => {
  const session = Session.empty()
  session.set('n', 1)
  expect([sessionFacts(session), sessionKeys(session)]).toEqual([
    undefined,
    [{ name: 'n', isFlash: false, bytes: 2 }],
  ])
  for (const other of [undefined, {}, 'session'])
    expect([sessionFacts(other), sessionKeys(other), sessionValues(other)]).toEqual([
      undefined,
      [],
      {},
    ])
})

test('a session of a custom store that says no times has none', () => {
  const facts = sessionFacts(new Session('id', { n: 1 }))
  expect(facts).toMatchObject({ createdAt: undefined, expiresAt: undefined, limitAt: undefined })
})
