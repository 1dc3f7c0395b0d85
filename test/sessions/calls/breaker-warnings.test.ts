import {
  App,
  BackendStore,
  MemoryBackend,
  route,
  Session,
  sessions,
  SessionStoreError,
} from 'ingot'
import { expect, test } from 'vitest'

test('a store that goes down and comes back is told once each, with a reason for a metric [RF-21]', async () => {
  const backend = new MemoryBackend()
  const { read } = backend
  const time = { now: 0 }
  const warnings: Error[] = []
  const app = new App({
    components: [
      sessions(new BackendStore(backend), {
        failureThreshold: 2,
        probeInterval: 100,
        onWarning: (error) => void warnings.push(error),
        timer: { set: () => undefined, clear: () => {}, now: () => time.now },
      }),
    ],
    routes: [route.get('/', [Session], (session) => `${session.isNew}`)],
    onError: () => {},
  })
  const cookie = `__Host-session=${Buffer.alloc(32, 1).toString('base64url')}`
  const ask = async () => {
    // Another turn of the event loop: what answers within one came from no store.
    await new Promise(setImmediate)
    return (await app.fetch(new Request('https://shop.test/', { headers: { cookie } }))).status
  }
  backend.read = () => Promise.reject(new SessionStoreError('no answer', { reason: 'timeout' }))
  expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 503])
  backend.read = async (key) => {
    await new Promise(setImmediate)
    await new Promise(setImmediate)
    return read.call(backend, key)
  }
  time.now += 100
  expect([await ask(), await ask()]).toEqual([200, 200])
  expect(warnings).toEqual([
    expect.objectContaining({
      message:
        'the session store is down: requests that need it are answered with 503 at once, until it is back',
      reason: 'breaker-open',
    }),
    expect.objectContaining({ message: 'the session store is back', reason: 'breaker-closed' }),
  ])
  await app.close()
})
