import { setImmediate as turn } from 'node:timers/promises'
import { channel } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import {
  App,
  BackendStore,
  MemoryBackend,
  route,
  Session,
  SessionEnd,
  sessions,
  UserSessions,
  type RequestScope,
} from '../../../src/index.js'

const INTERVAL = 5_000

/** An application whose store is asked again when a test says so, with a clock of the test. */
function world(name?: string) {
  const clock = { now: 1_000_000 }
  const checks = new Set<() => void>()
  const timer = {
    set: (run: () => void, milliseconds: number) => {
      if (milliseconds === INTERVAL) checks.add(run)
      return run
    },
    clear: (handle: unknown) => void checks.delete(handle as () => void),
  }
  class Backend extends MemoryBackend {
    readonly keys = new Set<string>()
    reads = 0
    isAway = false
    override async create(key: string, text: string, ttl: number) {
      this.keys.add(key)
      return super.create(key, text, ttl)
    }
    override async read(key: string) {
      this.reads += 1
      if (this.isAway) throw new Error('away')
      return super.read(key)
    }
  }
  const backend = new Backend({ now: () => clock.now })
  const store = new BackendStore(backend, { clock: () => clock.now, ...(name && { name }) })
  const app = new App({
    routes: [
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.post('/logout', [Session], (session) => session.destroy()),
      route.post('/renew', [Session], (session) => session.regenerate()),
      route.post('/write', [Session], (session) => session.set('n', 1)),
      route.post('/revoke', [UserSessions], (all) => all.revokeOthers()),
    ],
    components: [
      sessions(store, { endCheckInterval: INTERVAL, timer, failureThreshold: Infinity }),
    ],
    crossOrigin: false,
  })
  onTestFinished(() => app.close())
  const post = async (path: string, cookie = ''): Promise<string> => {
    const request = new Request(`https://shop.test${path}`, { method: 'POST', headers: { cookie } })
    const response = await app.fetch(request)
    expect(response.ok).toBe(true)
    return response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
  }
  /** A connection that stays open, whose handler waits for the end of the session. */
  const open = async (cookie: string): Promise<{ scope: RequestScope; signal: AbortSignal }> => {
    const scope = app.enter(new Request('https://shop.test/ws', { headers: { cookie } }))
    const { signal } = await scope.get(SessionEnd)
    onTestFinished(() => scope.done())
    return { scope, signal }
  }
  const check = async (): Promise<void> => {
    for (const run of checks) {
      checks.delete(run)
      run()
    }
    for (let turns = 0; turns < 5; turns++) await turn()
  }
  return { clock, checks, backend, post, open, check }
}

test('a logout in this process is told at once, to every connection of the session and to no other', async () => {
  const { post, open } = world()
  const [ada, ben] = [await post('/login'), await post('/login')]
  const [one, two, other] = [await open(ada), await open(ada), await open(ben)]
  await post('/write', ada)
  expect(one.signal.aborted).toBe(false)
  await post('/logout', ada)
  expect([one, two, other].map(({ signal }) => signal.aborted)).toEqual([true, true, false])
  expect(one.signal.reason).toEqual(new DOMException('The session has ended.', 'AbortError'))
})

test.each([undefined, '__Host-visit'])(
  'who is logged out everywhere else is told at once, with a cookie named %s',
  async (name) => {
    const { post, open } = world(name)
    const [phone, laptop] = [await post('/login'), await post('/login')]
    const [onPhone, onLaptop] = [await open(phone), await open(laptop)]
    await post('/revoke', laptop)
    expect([onPhone.signal.aborted, onLaptop.signal.aborted]).toEqual([true, false])
  },
)

test('a session that gets another id has ended for whoever came with the old one', async () => {
  const { post, open } = world()
  const cookie = await post('/login')
  const { signal } = await open(cookie)
  await post('/renew', cookie)
  expect(signal.aborted).toBe(true)
})

test('a request that renews its own session goes on, and hears of the end of the new one', async () => {
  const { post, open, check } = world()
  const { scope, signal } = await open(await post('/login'))
  const session = await scope.get(Session)
  session.regenerate()
  const lines = await scope.leave({ status: 101 })
  const cookie = lines.find(([name]) => name === 'set-cookie')![1].split(';')[0]
  await check()
  expect(signal.aborted).toBe(false)
  await post('/logout', cookie)
  expect(signal.aborted).toBe(true)
})

test('a session that began with the connection is known by the id that it was stored under', async () => {
  const { post, open, check } = world()
  const { scope, signal } = await open('')
  const session = await scope.get(Session)
  session.set('n', 1)
  const lines = await scope.leave({ status: 101 })
  const cookie = lines.find(([name]) => name === 'set-cookie')![1].split(';')[0]
  await check()
  expect(signal.aborted).toBe(false)
  await post('/logout', cookie)
  expect(signal.aborted).toBe(true)
})

test('an end in another process is found when the store is asked again, and asking prolongs nothing', async () => {
  const { post, open, check, backend, checks } = world()
  const { signal } = await open(await post('/login'))
  await check()
  expect([signal.aborted, checks.size]).toEqual([false, 1])
  for (const key of backend.keys) await backend.destroy(key)
  await check()
  expect([signal.aborted, checks.size]).toEqual([true, 0])
})

test('a session that expires has ended, however busy the connection is', async () => {
  const { post, open, check, clock } = world()
  const { signal } = await open(await post('/login'))
  for (const minutes of [10, 10, 9]) {
    clock.now += minutes * 60_000
    await check()
    expect(signal.aborted).toBe(false)
  }
  clock.now += 2 * 60_000
  await check()
  expect(signal.aborted).toBe(true)
})

test('a store that is down ends nothing, and is asked again', async () => {
  const { post, open, check, backend } = world()
  const { signal } = await open(await post('/login'))
  backend.isAway = true
  await check()
  expect(signal.aborted).toBe(false)
  backend.isAway = false
  for (const key of backend.keys) await backend.destroy(key)
  await check()
  expect(signal.aborted).toBe(true)
})

test('nothing is left when the request is done: no question to the store, no listener', async () => {
  const { post, checks, backend, check, open } = world()
  const before = channel('ingot:session').hasSubscribers
  const { scope, signal } = await open(await post('/login'))
  expect([checks.size, channel('ingot:session').hasSubscribers]).toEqual([1, true])
  await scope.leave({ status: 101 })
  scope.done()
  const { reads } = backend
  await check()
  expect(backend.reads).toBe(reads)
  expect([checks.size, channel('ingot:session').hasSubscribers]).toEqual([0, before])
  expect(signal.aborted).toBe(false)
})
