import { expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import { CookieStore, MemoryBackend, MemoryStore, Session } from '../../../src/sessions/index.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { newSecret } from '../secrets.js'

const REFUSED = new TypeError('the session was opened by another store')

/** A session that a store has opened, with something to write. */
async function written(store: MemoryStore | CookieStore): Promise<Session> {
  const session = await store.load(new Cookies(''))
  session.set('a', 1)
  return session
}

test('a session is stored by the store that opened it, and by no other of the same kind', async () => {
  const [backend, other] = [new MemoryBackend(), new MemoryBackend()]
  const session = await written(new BackendStore(backend))
  expect(() => new BackendStore(other).dump(session)).toThrow(REFUSED)
  expect([backend.size, other.size]).toEqual([0, 0])
  await new BackendStore(backend).dump(session)
  expect([backend.size, other.size]).toEqual([1, 0])
})

test('nor by one of another kind', async () => {
  const cookies = new CookieStore({ secret: newSecret() })
  const sealed = await written(cookies)
  expect(() => new MemoryStore().dump(sealed)).toThrow(REFUSED)
  expect(() => new MemoryStore().dump(new Session('an id of the application', {}))).toThrow(REFUSED)
  expect(() => cookies.dump(new Session('an id of the application', {}))).toThrow(REFUSED)
  expect(() => cookies.dump(Session.empty())).toThrow(REFUSED)
})
