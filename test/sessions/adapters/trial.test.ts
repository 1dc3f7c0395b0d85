import * as expressSession from 'express-session'
import { App, BackendStore, fromExpressStore, fromUnstorage, route, Session, sessions } from 'ingot'
import { createStorage } from 'unstorage'
import { describe, expect, test } from 'vitest'
import type { ExpressStore } from '../../../src/sessions/adapters/express-calls.js'
import type { SessionBackend } from '../../../src/sessions/index.js'
import type { Timer } from '../../../src/sessions/calls/deadline.js'

/** What `ready()` tells of a backend, beside what its kind cannot promise. */
async function toldOf(backend: SessionBackend): Promise<string[]> {
  const told: string[] = []
  const onWarning = ({ message }: Error) => void told.push(message)
  const app = new App({
    components: [sessions(new BackendStore(backend), { onWarning })],
    routes: [route.get('/', [Session], (session) => session.size)],
  })
  await app.ready()
  return told.filter((message) => !message.includes('cannot promise everything'))
}

/** A store in memory with some of its methods replaced. */
class TableStore extends expressSession.MemoryStore {
  constructor(acts: Partial<ExpressStore> = {}) {
    super()
    Object.assign(this, acts)
  }
}

const failure = (code: string) => Object.assign(new Error('of the driver'), { code })
const NAME = 'fromExpressStore(TableStore) cannot keep sessions'
const WORKING =
  'Is it connected (await the connect() of its client first), and has its table been made?'
const CONSISTENT =
  'A store has to give what was written a moment ago: one that is eventually consistent cannot keep sessions.'
const LONGER_ID =
  'With a key of 32 characters it works: the column of ids is too short. Ids take 43 characters, and those of ' +
  'unstorage its base as well: ALTER TABLE session ALTER COLUMN sid TYPE varchar(64).'
const LONGER_TEXT =
  'A text of one character works, and one of 4,096 does not: make the column of data longer, such as text in SQL.'

describe('ready() tells once', () => {
  test('that the column of ids of a store is too short, when the database refuses it [C22]', async () => {
    const inner = new TableStore()
    const store = new TableStore({
      get: (id, done) => inner.get(id, done),
      set: (id, session, done) => {
        if (id.length > 32) done?.(failure('22001'))
        else inner.set(id, session, done)
      },
      destroy: (id, done) => inner.destroy(id, done),
    })
    expect(await toldOf(fromExpressStore(store))).toEqual([
      `${NAME}: it failed with Error 22001 (its message is not shown). ${LONGER_ID}`,
    ])
    expect(inner.sessions).toEqual({})
  })

  test('that it is too short, when the database cuts the id without a word [C22]', async () => {
    const inner = new TableStore()
    const store = new TableStore({
      get: (id, done) => inner.get(id, done),
      set: (id, session, done) => inner.set(id.slice(0, 32), session, done),
      destroy: (id, done) => inner.destroy(id, done),
    })
    expect(await toldOf(fromExpressStore(store))).toEqual([
      `${NAME}: what was written was not there a moment later. ${LONGER_ID}`,
    ])
  })

  test('that the column of data is too short, refused or cut [C22]', async () => {
    const inner = new TableStore()
    const refusing = new TableStore({
      get: (id, done) => inner.get(id, done),
      set: (id, session, done) => {
        if (JSON.stringify(session).length > 1024) done?.(failure('ER_DATA_TOO_LONG'))
        else inner.set(id, session, done)
      },
      destroy: (id, done) => inner.destroy(id, done),
    })
    expect(await toldOf(fromExpressStore(refusing))).toEqual([
      `${NAME}: it failed with Error ER_DATA_TOO_LONG (its message is not shown). ${LONGER_TEXT}`,
    ])
    const storage = createStorage()
    const cutting = {
      ...storage,
      setItem: (key: string, text: string) => storage.setItem(key, text.slice(0, 255)),
    }
    expect(await toldOf(fromUnstorage(cutting))).toEqual([
      `fromUnstorage(storage) cannot keep sessions: it gave back another text than was written. ${LONGER_TEXT}`,
    ])
  })

  test('that a store is not connected, or has no table [C22]', async () => {
    const closed = async () => {
      throw Object.assign(new Error('of the client'), { name: 'ClientClosedError' })
    }
    expect(await toldOf(fromExpressStore(new TableStore({ get: closed, set: closed })))).toEqual([
      `${NAME}: it failed with ClientClosedError (its message is not shown). ${WORKING}`,
    ])
    const get: ExpressStore['get'] = (_, done) => done(failure('42P01'))
    expect(await toldOf(fromExpressStore(new TableStore({ get })))).toEqual([
      `${NAME}: it failed with Error 42P01 (its message is not shown). ${WORKING}`,
    ])
  })

  test('that a store does not reply, and waits for it once [C22]', async () => {
    let calls = 0
    const get: ExpressStore['get'] = () => void (calls += 1)
    const atOnce: Timer = { set: (run) => setImmediate(run), clear: () => {} }
    expect(await toldOf(fromExpressStore(new TableStore({ get }), { timer: atOnce }))).toEqual([
      `${NAME}: the store did not create within 1000 ms. ${WORKING}`,
    ])
    expect(calls).toBe(1)
  })

  test('that a store keeps what was deleted, or has something under every key [C22]', async () => {
    const destroy: ExpressStore['destroy'] = (_, done) => done?.()
    expect(await toldOf(fromExpressStore(new TableStore({ destroy })))).toEqual([
      `${NAME}: what was deleted was still there a moment later. ${CONSISTENT}`,
    ])
    const get: ExpressStore['get'] = (_, done) => done(null, { cookie: {} })
    expect(await toldOf(fromExpressStore(new TableStore({ get })))).toEqual([
      `${NAME}: something is under a key that was never used. ${CONSISTENT}`,
    ])
  })
})

test('a store that works is told nothing of, and keeps nothing of the trial', async () => {
  const store = new TableStore()
  expect(await toldOf(fromExpressStore(store))).toEqual([])
  expect(store.sessions).toEqual({})
  const storage = createStorage()
  expect(await toldOf(fromUnstorage(storage))).toEqual([])
  expect(await storage.getKeys()).toEqual([])
})

test.each([
  [
    () => fromExpressStore(TableStore as never),
    "the session option 'store' must be a store for express-session with get, set, destroy, not the class TableStore. Make one of it: new TableStore(…).",
  ],
  [
    () => fromExpressStore(Promise.resolve(new TableStore()) as never),
    "the session option 'store' must be a store for express-session with get, set, destroy, not an object of Promise.",
  ],
  [
    () => sessions(fromExpressStore(new TableStore()) as never),
    "the session option 'store' must be a store or a class of stores, such as new MemoryStore(), not an object of SerialBackend. A backend becomes one: sessions(new BackendStore(backend)).",
  ],
  [
    () => sessions(new TableStore() as never),
    "the session option 'store' must be a store or a class of stores, such as new MemoryStore(), not an object of TableStore. A store for express-session becomes one: sessions(new BackendStore(fromExpressStore(store))).",
  ],
])('what is no store is refused, with what to write instead [C21]', (give, message) => {
  expect(give).toThrow(expect.objectContaining({ message, code: 'SESSION_OPTION' }))
})
