import { describe, expect, test } from 'vitest'
import { route, App } from '../../../src/http/index.js'
import { MemoryBackend } from '../../../src/sessions/backend/memory-backend.js'
import { listen } from '../events/event-world.js'
import {
  BackendStore,
  CookieStore,
  Session,
  SessionClosedError,
  sessions,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { newSecret } from '../secrets.js'
import { gate, visitors, type OpenStore } from '../server-store/server-store-suite.js'

/** A backend whose writes wait at a gate, when it has one. */
class GatedBackend extends MemoryBackend {
  creating: (() => Promise<void>) | undefined
  replacing: (() => Promise<void>) | undefined

  override async create(key: string, text: string, ttl: number) {
    const created = await super.create(key, text, ttl)
    await this.creating?.()
    return created
  }

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    const outcome = await super.replace(...given)
    await this.replacing?.()
    return outcome
  }
}

/** A timer that fires when the test says so. */
function handTimer() {
  const running = new Set<() => void>()
  return {
    set: (run: () => void) => {
      running.add(run)
      return run
    },
    clear: (run: unknown) => void running.delete(run as () => void),
    fire: () => running.forEach((run) => run()),
  }
}

async function gated() {
  const backend = new GatedBackend()
  const timer = handTimer()
  const open: OpenStore = async (options) => ({
    store: new BackendStore(backend, options),
    backend,
  })
  const world = await visitors(open, { regenerateGrace: 10 }, { timer })
  return { backend, timer, world }
}

describe('a dump that is applied after its caller got a 503', () => {
  test.each([
    ['regenerate', (session: Session) => session.regenerate()],
    ['bind', (session: Session) => session.bind('ada')],
  ])('leaves the visitor of a %s their old id, with all rights [R3, RA-10]', async (_, renew) => {
    const { backend, timer, world } = await gated()
    const cookie = await world.visitor({ cart: 1 })
    const late = gate()
    backend.replacing = late.pass
    const renewal = world.visit(cookie, renew)
    await late.waited
    timer.fire()
    expect(await renewal).toMatchObject({ status: 503, setCookies: [] })
    backend.replacing = undefined
    const undone = gate()
    backend.replacing = async () => void undone.pass()
    late.open()
    await undone.waited
    backend.replacing = undefined
    await world.visit(cookie, (session) => session.set('cart', 2))
    expect(await world.dataOf(cookie)).toEqual({ cart: 2 })
    // The successor, whose id never reached a browser, is deleted.
    await new Promise(setImmediate)
    expect(backend.size).toBe(1)
  })

  test('does not keep a commit from being tried again at the end [R3]', async () => {
    const { backend, timer, world } = await gated()
    const late = gate()
    backend.creating = late.pass
    const visit = world.visit(undefined, async (session) => {
      session.set('a', 1)
      const committed = session.commit().catch((error: { status: number }) => error.status)
      await late.waited
      timer.fire()
      expect(await committed).toBe(503)
      backend.creating = undefined
      late.open()
    })
    const { status, cookie } = await visit
    expect(status).toBe(200)
    expect(await world.dataOf(cookie)).toEqual({ a: 1 })
  })
})

test('what work that nobody awaited writes during the last dump is refused, not lost [HT-08]', async () => {
  const backend = new GatedBackend()
  const open: OpenStore = async (options) => ({
    store: new BackendStore(backend, options),
    backend,
  })
  await using world = await visitors(open)
  const cookie = await world.visitor()
  const writing = gate()
  let kept!: Session
  backend.replacing = writing.pass
  const visit = world.visit(cookie, (session) => {
    kept = session
    session.set('a', 1)
  })
  await writing.waited
  expect(() => kept.set('b', 2)).toThrow(SessionClosedError)
  writing.open()
  await visit
  backend.replacing = undefined
  expect(await world.dataOf(cookie)).toEqual({ started: true, a: 1 })
})

test.each([false, true])(
  'what cannot be stored does not undo a regenerate when its handler fails; events heard: %s [ER-02]',
  async (isHeard) => {
    using _ = isHeard ? listen() : undefined
    const app = new App({
      components: [sessions(new BackendStore(new MemoryBackend()), { save: 'success' })],
      routes: [
        route.post('/begin', [Session], (session) => session.set('list', [])),
        route.get('/id', [Session], (session) => session.id),
        route.post('/fail', [Session], (session) => {
          const list = session.get('list') as unknown[]
          list.push(1n)
          session.regenerate()
          throw new Error('after it')
        }),
      ],
      onError: () => {},
    })
    const client = testClient(app)
    await client.post('/begin')
    const before = await (await client.get('/id')).text()
    expect((await client.post('/fail')).status).toBe(500)
    expect(await (await client.get('/id')).text()).not.toBe(before)
  },
)

test('a logout outlives a copy from the time when the session was to be remembered for longer [LO-05]', async () => {
  const time = { now: 1_700_000_000_000 }
  const store = new CookieStore({
    secret: newSecret(),
    clock: () => time.now,
    revocations: new MemoryBackend({ now: () => time.now }),
  })
  const app = new App({
    components: [sessions(store)],
    routes: [
      route.get('/user', [Session], (session) => ({ user: session.userId ?? null })),
      route.post('/login', [Session], (session) => session.bind('ada')),
      route.post('/remember', [Session], (session) => session.remember(30 * 86_400)),
      route.post('/forget', [Session], (session) => session.remember(undefined)),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
  })
  const [client, thief] = [testClient(app), testClient(app)]
  await client.post('/login')
  await client.post('/remember')
  thief.cookies.set('__Host-session', client.cookies.get('__Host-session')!.value)
  await client.post('/forget')
  await client.post('/logout')
  expect(await thief.json('/user')).toEqual({ user: null })
  time.now += 9 * 3_600_000
  expect(await thief.json('/user')).toEqual({ user: null })
})

describe('parallel updates of one session in one process', () => {
  class CountingBackend extends GatedBackend {
    reads = 0

    override async read(key: string) {
      this.reads += 1
      return super.read(key)
    }
  }

  async function counted(more = {}) {
    const backend = new CountingBackend()
    const open: OpenStore = async (options) => ({
      store: new BackendStore(backend, { ...options, ...more }),
      backend,
    })
    const timer = handTimer()
    const world = await visitors(open, {}, { timer })
    return { backend, timer, world, cookie: await world.visitor({ count: 0 }) }
  }

  const increment = (session: Session) => session.update('count', (count) => Number(count) + 1)

  test('hand the record on, so that each costs one write and not a read as well [RA-02]', async () => {
    const { backend, world, cookie } = await counted()
    const together = gate(50)
    const visits = Array.from({ length: 50 }, () =>
      world.visit(cookie, async (session) => {
        const passing = together.pass()
        void together.waited.then(together.open)
        await passing
        increment(session)
      }),
    )
    for (const { status } of await Promise.all(visits)) expect(status).toBe(200)
    expect(await world.dataOf(cookie)).toEqual({ count: 50 })
    // 50 loads, one look after the first conflict, and the last line's load.
    expect(backend.reads).toBeLessThanOrEqual(53)
  })

  test('write nothing any more after their callers got a 503 [R3]', async () => {
    const { backend, timer, world, cookie } = await counted()
    const together = gate(3)
    const writing = gate()
    const visits = Array.from({ length: 3 }, () =>
      world.visit(cookie, async (session) => {
        const passing = together.pass()
        void together.waited.then(() => {
          backend.replacing = writing.pass
          together.open()
        })
        await passing
        increment(session)
      }),
    )
    await writing.waited
    timer.fire()
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual([503, 503, 503])
    backend.replacing = undefined
    writing.open()
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    expect(await world.dataOf(cookie)).toEqual({ count: 1 })
  })
})
