import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  BackendStore,
  MemoryBackend,
  type BackendRecord,
  type SessionBackend,
} from '../../src/sessions/index.js'
import { overMemory, visitors, type OpenStore } from './server-store/server-store-suite.js'

/** A store over a backend that one test prepared. */
const over =
  (backend: SessionBackend): OpenStore =>
  async (options = {}) => ({ store: new BackendStore(backend, options), backend })

/** A backend that notes which keys it was asked for. */
class NotingBackend extends MemoryBackend {
  readonly keys: string[] = []

  override read(key: string) {
    this.keys.push(key)
    return super.read(key)
  }

  override create(key: string, text: string, ttl: number) {
    this.keys.push(key)
    return super.create(key, text, ttl)
  }
}

describe('what reaches a backend', () => {
  test('keys of one length and alphabet, fit for the name of a file [CU-06]', async () => {
    const backend = new NotingBackend()
    await using world = await visitors(over(backend))
    const cookie = await world.visitor()
    await world.visit(`__Host-session=${randomBytes(32).toString('base64url')}`, () => {})
    await world.visit(cookie, (session) => session.regenerate())
    expect(backend.keys.length).toBeGreaterThan(3)
    for (const key of backend.keys) expect(key).toMatch(/^[A-Za-z\d_-]{43}$/)
  })

  test('nothing at all of what a visitor made up [CU-06]', async () => {
    const backend = new NotingBackend()
    await using world = await visitors(over(backend))
    const paths = ['../../etc/passwd', '..', '/', 'a\\b', 'CON', `${'a'.repeat(42)}/`, '%2e%2e']
    for (const path of paths) await world.visit(`__Host-session=${path}`, () => {})
    expect(backend.keys).toEqual([])
  })
})

describe('a backend that is not atomic', () => {
  test('says so, and so does the store that is made of it, at construction [CU-05]', () => {
    const limits = ['atomic-replace', 'no-revival', 'exclusive-create'] as const
    const backend = Object.assign(new MemoryBackend(), { limits })
    expect(new BackendStore(new MemoryBackend()).capabilities).toEqual({
      isRevocable: true,
      mergesWrites: true,
      takesOnce: true,
    })
    expect(new BackendStore(backend).capabilities).toEqual({
      isRevocable: false,
      mergesWrites: false,
      takesOnce: false,
    })
  })
})

describe('a session that was ended by another process', () => {
  test('is over at the next request: no process keeps a copy of it [LO-10]', async () => {
    const backend = new MemoryBackend()
    await using here = await visitors(over(backend))
    await using there = await visitors(over(backend))
    const cookie = await here.visitor({ user: 'ada' })
    expect(await here.dataOf(cookie)).toEqual({ user: 'ada' })
    await there.visit(cookie, (session) => session.destroy())
    expect(await here.dataOf(cookie)).toEqual({})
  })
})

describe('a process that is killed', () => {
  /** Fails from the verb on, as a process does that is not there any more. */
  class DyingBackend extends MemoryBackend {
    diesAt: 'create' | 'replace' | undefined
    #isDead = false

    override async create(key: string, text: string, ttl: number) {
      this.#die('create')
      return super.create(key, text, ttl)
    }

    override async replace(...given: Parameters<MemoryBackend['replace']>) {
      this.#die('replace')
      return super.replace(...given)
    }

    override async destroy(key: string): Promise<BackendRecord | undefined> {
      this.#die()
      return super.destroy(key)
    }

    /** Another process takes over. */
    restart(): void {
      this.diesAt = undefined
      this.#isDead = false
    }

    #die(verb?: 'create' | 'replace'): void {
      this.#isDead ||= verb !== undefined && verb === this.diesAt
      if (this.#isDead) throw new Error('killed')
    }
  }

  test.each(['create', 'replace'] as const)(
    'before %s of a regenerate leaves the visitor their old id, with all rights [RA-10]',
    async (verb) => {
      const backend = new DyingBackend()
      await using world = await visitors(over(backend))
      const cookie = await world.visitor({ user: 'ada' })
      backend.diesAt = verb
      const renewal = await world.visit(cookie, (session) => session.regenerate())
      expect([renewal.status, renewal.setCookies]).toEqual([503, []])
      backend.restart()
      await world.visit(cookie, (session) => session.set('cart', 1))
      expect(await world.dataOf(cookie)).toEqual({ user: 'ada', cart: 1 })
    },
  )

  test('before the answer left, lets the old id read on for the grace [RA-10]', async () => {
    await using world = await visitors(overMemory)
    const cookie = await world.visitor({ user: 'ada' })
    await world.visit(cookie, (session) => session.regenerate())
    expect(await world.dataOf(cookie)).toEqual({ user: 'ada' })
  })
})

describe('a request that takes long', () => {
  test('there is no lock: other requests of the session write before it, and it writes after them [RA-20]', async () => {
    await using world = await visitors(overMemory)
    const cookie = await world.visitor()
    let goOn = () => {}
    const long = new Promise<void>((resolve) => (goOn = resolve))
    const slow = world.visit(cookie, async (session) => {
      await long
      session.set('slow', true)
    })
    for (let count = 1; count <= 50; count++) {
      await world.visit(cookie, (session) => session.set('quick', count))
    }
    goOn()
    await slow
    expect(await world.dataOf(cookie)).toEqual({ started: true, quick: 50, slow: true })
  })

  test('a write that the backend never answers holds up nobody else [RA-20]', async () => {
    const backend = new MemoryBackend()
    await using world = await visitors(over(backend), {}, { timer: never })
    const cookie = await world.visitor()
    const replace = backend.replace.bind(backend)
    backend.replace = () => new Promise(() => {})
    void world.visit(cookie, (session) => session.set('hangs', true))
    await untilIdle()
    backend.replace = replace
    await world.visit(cookie, (session) => session.set('goes', 'on'))
    expect(await world.dataOf(cookie)).toEqual({ started: true, goes: 'on' })
  })
})

/** The deadline of the request that hangs never comes. */
const never = { set: () => undefined, clear: () => {} }

/** Until everything has run that waits for nothing but this process. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}
