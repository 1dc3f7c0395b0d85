import {
  App,
  BackendStore,
  fromUnstorage,
  MemoryStore,
  route,
  Session,
  sessions,
  SessionStore,
  SessionStoreError,
  type ClassToken,
} from 'ingot'
import { testClient } from 'ingot/testing'
import { createStorage } from 'unstorage'
import { expect, onTestFinished, test, vi } from 'vitest'

const NOTICE =
  'UnstorageBackend cannot promise everything that sessions ask of a backend. When requests of one session ' +
  'meet: one of two writes may be lost (atomic-replace), a write may undo a logout (no-revival), two sessions ' +
  'may begin under one id (exclusive-create).'

class EmptyStore extends SessionStore {
  override load(): Session {
    return Session.empty()
  }
  override dump(): undefined {}
}

const open = (store: SessionStore | ClassToken<SessionStore>, report?: (error: Error) => void) =>
  new App({
    components: [sessions(store, report ? { onWarning: report } : {})],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/', [Session], (session) => session.set('a', 1).size),
      route.post('/login', [Session], (session) => session.bind('ada')),
    ],
    onError: () => {},
  })

test('ready() reports once what the store cannot promise [CU-05]', async () => {
  const reported: Error[] = []
  const app = open(new BackendStore(fromUnstorage(createStorage())), (error) =>
    reported.push(error),
  )
  expect(reported).toEqual([])
  await app.ready()
  await testClient(app).get('/')
  expect(reported.map((error) => error.message)).toEqual([NOTICE])
})

test('without a report it is a warning of the process', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  await open(new BackendStore(fromUnstorage(createStorage()))).ready()
  expect(warn.mock.calls).toEqual([[NOTICE, 'SessionWarning']])
})

test('a store given as a class says the same as soon as ready() has built it [CU-05]', async () => {
  class ForgetfulStore extends EmptyStore {
    override startUpWarnings() {
      return ['ForgetfulStore keeps nothing.', 'Not even that.']
    }
  }
  const reported: Error[] = []
  const app = open(ForgetfulStore, (error) => reported.push(error))
  expect(reported).toEqual([])
  await app.ready()
  await testClient(app).get('/')
  expect(reported).toEqual([
    new SessionStoreError('ForgetfulStore keeps nothing.'),
    new SessionStoreError('Not even that.'),
  ])
})

test('a class of stores without start-up warnings reports nothing', async () => {
  const reported: Error[] = []
  await open(EmptyStore, (error) => reported.push(error)).ready()
  expect(reported).toEqual([])
})

test('a store that promises everything has nothing to say', async () => {
  const reported: Error[] = []
  await open(new MemoryStore(), (error) => reported.push(error)).ready()
  expect(reported).toEqual([])
})

test('a backend without an index refuses bind, and keeps everything else', async () => {
  const app = open(new BackendStore(fromUnstorage(createStorage())), () => {})
  const client = testClient(app)
  await client.post('/')
  expect((await client.post('/login')).status).toBe(500)
  expect(await client.session()).toEqual({ a: 1 })
})
