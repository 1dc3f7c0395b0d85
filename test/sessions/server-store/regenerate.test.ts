import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  MemoryBackend,
  SessionUnconfirmedError,
  type SessionBackend,
} from '../../../src/sessions/index.js'
import { BackendStore } from '../../../src/sessions/server-store/server-store.js'
import { startRedis, type RedisServer } from '../../support/redis-server.js'
import { gate, overMemory, overRedis, visitors, type OpenStore } from './server-store-suite.js'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

describe.each<[string, OpenStore]>([
  ['MemoryStore', overMemory],
  ['RedisStore', overRedis(() => server)],
])('regenerate in a %s', (_, open) => {
  test('leaves behind what the same request deleted, before it or after it', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor({ a: 1, b: 2, c: 3 })
    const renewed = await world.visit(cookie, (session) => {
      session.delete('a')
      session.regenerate()
      session.delete('b')
    })
    expect(await world.dataOf(renewed.cookie)).toEqual({ c: 3 })
  })

  test('after clear() leaves behind what another request added meanwhile', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor({ a: 1 })
    const hold = gate()
    const renewal = world.visit(cookie, async (session) => {
      session.clear()
      session.regenerate()
      session.set('fresh', true)
      await hold.pass()
    })
    await hold.waited
    await world.visit(cookie, (session) => session.set('added', 1))
    hold.open()
    expect(await world.dataOf((await renewal).cookie)).toEqual({ fresh: true })
  })

  test('without clear() takes along what another request added and deleted meanwhile', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor({ a: 1, b: 2 })
    const hold = gate()
    const renewal = world.visit(cookie, async (session) => {
      session.delete('a')
      session.regenerate()
      await hold.pass()
    })
    await hold.waited
    await world.visit(cookie, (session) => {
      session.delete('b')
      session.set('added', 1)
    })
    hold.open()
    expect(await world.dataOf((await renewal).cookie)).toEqual({ added: 1 })
  })

  test('keeps what it updated, and the update of another request is in it', async () => {
    await using world = await visitors(open)
    const cookie = await world.visitor({ n: 0 })
    const hold = gate()
    const renewal = world.visit(cookie, async (session) => {
      session.update('n', (n: number) => n + 1)
      session.regenerate()
      await hold.pass()
    })
    await hold.waited
    await world.visit(cookie, (session) => session.update('n', (n: number) => n + 10))
    hold.open()
    expect(await world.dataOf((await renewal).cookie)).toEqual({ n: 11 })
  })
})

/** Memory with copies: what was asked to be confirmed, and how that ends. */
class ConfirmingBackend extends MemoryBackend {
  readonly log: string[] = []
  confirming: () => Promise<void> = async () => {}

  override async replace(...given: Parameters<SessionBackend['replace']>) {
    const [key, version, text, ttl] = given
    const outcome = await super.replace(key, version, text, ttl)
    this.log.push(given[5] ? 'end' : 'write')
    return outcome
  }

  override async destroy(key: string) {
    const record = await super.destroy(key)
    if (record) this.log.push('destroy')
    return record
  }

  async confirm(_since: number): Promise<void> {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
    await this.confirming()
    this.log.push('confirmed')
  }
}

async function confirming() {
  const backend = new ConfirmingBackend()
  const world = await visitors(async (options) => ({
    store: new BackendStore(backend, options),
    backend,
  }))
  const cookie = await world.visitor({ cart: 1 })
  backend.log.length = 0
  return { world, backend, cookie }
}

describe('a backend with copies', () => {
  test('is told that a regenerate ends the old id, and asked to confirm it before the answer', async () => {
    const { world, backend, cookie } = await confirming()
    await world.visit(cookie, (session) => session.regenerate())
    backend.log.push('answered')
    expect(backend.log).toEqual(['end', 'confirmed', 'answered'])
  })

  test('is asked to confirm a logout before the answer, and no other write', async () => {
    const { world, backend, cookie } = await confirming()
    await world.visit(cookie, (session) => session.set('cart', 2))
    expect(backend.log).toEqual(['write'])
    backend.log.length = 0
    await world.visit(cookie, (session) => session.destroy())
    backend.log.push('answered')
    expect(backend.log).toEqual(['destroy', 'confirmed', 'answered'])
  })

  test.each([
    ['regenerate', (session: { regenerate(): void }) => session.regenerate()],
    ['destroy', (session: { destroy(): void }) => session.destroy()],
  ])('that cannot confirm a %s makes a 503 of it', async (_, end) => {
    const { world, backend, cookie } = await confirming()
    backend.confirming = () => Promise.reject(new SessionUnconfirmedError(0, 1))
    const { status, retryAfter } = await world.visit(cookie, end)
    expect([status, retryAfter]).toEqual([503, '1'])
  })
})

test('when the old id could not be ended the record under the new one is deleted, and the old one works', async () => {
  const backend = new (class extends MemoryBackend {
    fails = true
    override replace(
      ...[key, version, text, ttl, , isEnd]: Parameters<SessionBackend['replace']>
    ): ReturnType<MemoryBackend['replace']> {
      if (isEnd && this.fails) throw new Error('the connection was cut')
      return super.replace(key, version, text, ttl)
    }
  })()
  await using world = await visitors(async (options) => ({
    store: new BackendStore(backend, options),
    backend,
  }))
  const cookie = await world.visitor({ a: 1 })
  expect((await world.visit(cookie, (session) => session.regenerate())).status).toBe(503)
  await expect.poll(() => backend.size).toBe(1)
  backend.fails = false
  expect(await world.dataOf(cookie)).toEqual({ a: 1 })
})
