import { describe, expect, test } from 'vitest'
import { MemoryBackend, type Session, type SessionsOptions } from '../../../src/sessions/index.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { gate, visitors } from '../server-store/server-store-suite.js'

/** A backend that can be held up before a verb takes effect, or after it, before it says so. */
class HeldBackend extends MemoryBackend {
  before: ((verb: string) => Promise<void> | undefined) | undefined
  after: ((verb: string) => Promise<void> | undefined) | undefined
  readonly verbs: string[] = []

  override async create(key: string, text: string, ttl: number) {
    return this.#held('create', () => super.create(key, text, ttl))
  }

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    return this.#held('replace', () => super.replace(...given))
  }

  override async destroy(key: string) {
    return this.#held('destroy', () => super.destroy(key))
  }

  async #held<Value>(verb: string, work: () => Value | Promise<Value>): Promise<Value> {
    await this.before?.(verb)
    const value = await work()
    this.verbs.push(verb)
    await this.after?.(verb)
    return value
  }
}

/** A timer that fires when the test says so. */
function handTimer() {
  const running = new Set<() => void>()
  return {
    set: (run: () => void) => (running.add(run), run),
    clear: (run: unknown) => void running.delete(run as () => void),
    fire: () => running.forEach((run) => run()),
  }
}

async function held() {
  const backend = new HeldBackend()
  const timer = handTimer()
  const options: SessionsOptions = { timer }
  const world = await visitors(
    async (given) => ({ store: new BackendStore(backend, given), backend }),
    {},
    options,
  )
  return { backend, timer, world, cookie: await world.visitor({ cart: 1 }) }
}

/** Waits until the backend has nothing to do any more: what was given up has ended. */
async function settled(backend: HeldBackend): Promise<void> {
  for (let seen = -1; seen !== backend.verbs.length;) {
    seen = backend.verbs.length
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  }
}

describe('a renewal whose caller got a 503', () => {
  test.each<['before' | 'after', string]>([
    ['before', 'create'],
    ['after', 'create'],
    ['before', 'replace'],
    ['after', 'replace'],
  ])('held up %s %s, leaves the old id with all rights and nothing else', async (when, verb) => {
    const { backend, timer, world, cookie } = await held()
    const late = gate()
    backend[when] = (one) => (one === verb ? late.pass() : undefined)
    const renewal = world.visit(cookie, (session) => session.bind('ada'))
    await late.waited
    timer.fire()
    expect(await renewal).toMatchObject({ status: 503, setCookies: [] })
    backend[when] = undefined
    late.open()
    await settled(backend)
    // Nothing of the old record was changed after the answer, not for a moment.
    expect(verb === 'create' && backend.verbs.includes('replace')).toBe(false)
    expect(backend.size).toBe(1)
    await world.visit(cookie, (session) => session.set('cart', 2))
    expect(await world.dataOf(cookie)).toEqual({ cart: 2 })
    const listed = await world.visit(cookie, async (_, ofUser) => ofUser.list('ada'))
    expect(listed.result).toEqual([])
  })

  test('does not undo a renewal that another request made meanwhile', async () => {
    const { backend, timer, world, cookie } = await held()
    const late = gate()
    backend.after = (verb) => (verb === 'create' ? late.pass() : undefined)
    const abandoned = world.visit(cookie, (session) => session.regenerate())
    await late.waited
    timer.fire()
    await abandoned
    backend.after = undefined
    const renewed = await world.visit(cookie, (session) => session.regenerate())
    late.open()
    await settled(backend)
    expect(await world.dataOf(renewed.cookie)).toEqual({ cart: 1 })
    const throughOldId = await world.visit(cookie, (session) => session.set('cart', 2))
    expect(throughOldId.status).toBe(409)
  })

  test('is tried again by the end of its request, when the handler caught the 503', async () => {
    const { backend, timer, world, cookie } = await held()
    const late = gate()
    const renewal = world.visit(cookie, async (session: Session) => {
      session.regenerate()
      backend.after = (verb) => (verb === 'create' ? late.pass() : undefined)
      const committed = session.commit().catch((error: { status: number }) => error.status)
      await late.waited
      timer.fire()
      expect(await committed).toBe(503)
      backend.after = undefined
      late.open()
    })
    const { status, cookie: renewed } = await renewal
    await settled(backend)
    expect(status).toBe(200)
    expect(renewed).not.toBe(cookie)
    expect(await world.dataOf(renewed)).toEqual({ cart: 1 })
  })
})
