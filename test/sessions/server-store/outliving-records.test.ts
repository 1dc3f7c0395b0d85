import { expect, test } from 'vitest'
import { Cookies } from '../../../src/http/index.js'
import { BackendStore, MemoryBackend, type Session } from '../../../src/sessions/index.js'
import { stateOf } from '../../../src/sessions/session/session-view.js'

/** A store whose backend keeps each record for longer than it has to, as databases do that round its end up. */
function storeOfLongRecords() {
  const time = { now: 1_700_000_000_000 }
  const clock = () => time.now
  const backend = new MemoryBackend({ now: clock })
  const create = backend.create.bind(backend)
  backend.create = (key, text, ttl) => create(key, text, ttl + 60_000)
  const store = new BackendStore(backend, { clock, idleTimeout: 600 })
  const load = async (id: string): Promise<Session> =>
    store.load(new Cookies(`${store.cookieName}=${id}`))
  const begin = async (): Promise<string> => {
    const session = await store.load(new Cookies())
    session.bind('ada')
    session.set('code', '1234')
    await store.dump(session)
    return session.id
  }
  return { time, store, load, begin }
}

test('a session that ended while its handler ran gives nothing away, and is not revived', async () => {
  const { time, load, begin } = storeOfLongRecords()
  const id = await begin()
  const session = await load(id)
  time.now += 600_000
  const taken = stateOf(session).takeField!('d:code', Infinity)
  expect(await taken).toBeUndefined()
  expect((await load(id)).isNew).toBe(true)
})

test('a session that has ended is not among those that were revoked, and no event says so', async () => {
  const { time, store, load, begin } = storeOfLongRecords()
  await begin()
  time.now += 599_000
  const id = await begin()
  time.now += 1000
  const session = await load(id)
  const events: unknown[] = []
  stateOf(session).emit = (event) => void events.push(event)
  const users = store.userSessions(session)
  expect(await users.list()).toHaveLength(1)
  expect(await users.revokeOthers()).toBe(0)
  expect(events).toEqual([])
})
