import { MemoryBackend, MemoryStore, type MemoryStoreOptions } from 'ingot'
import { describe, expect, test } from 'vitest'
import { visitsOf } from '../every-store.js'

const MiB = 2 ** 20

function worldOf(options: MemoryStoreOptions) {
  const time = { now: 1_800_000_000_000 }
  const { visit } = visitsOf(new MemoryStore({ clock: () => time.now, ...options }))
  return {
    time,
    login: async (user: string) => (await visit(undefined, (session) => session.bind(user))).cookie,
    anonymous: async (size = 1) =>
      (await visit(undefined, (session) => session.set('k', 'x'.repeat(size)))).cookie,
    isAlive: async (cookie: string | undefined) =>
      (await visit(cookie, (session) => !session.isNew)).result,
    grow: async (cookie: string | undefined, size: number) =>
      visit(cookie, (session) => session.set('k', 'x'.repeat(size))),
  }
}

describe('the bounds of a MemoryStore', () => {
  test('a flood of anonymous sessions ends no session with a login [S6]', async () => {
    const { login, anonymous, isAlive } = worldOf({ limit: 10 })
    const users = [await login('ada'), await login('bob')]
    const first = await anonymous()
    let latest: string | undefined
    for (let count = 0; count < 100; count += 1) latest = await anonymous()
    expect(await Promise.all(users.map(isAlive))).toEqual([true, true])
    expect([await isAlive(first), await isAlive(latest)]).toEqual([false, true])
  })

  test('a session with a login ends only when there is no other, the least recently used [S6]', async () => {
    const { login, anonymous, isAlive } = worldOf({ limit: 3 })
    const [ada, bob] = [await login('ada'), await login('bob')]
    const cart = await anonymous()
    const eve = await login('eve')
    expect(await isAlive(cart)).toBe(false)
    expect(await isAlive(ada)).toBe(true)
    await login('dan')
    expect([await isAlive(bob), await isAlive(ada), await isAlive(eve)]).toEqual([
      false,
      true,
      true,
    ])
  })

  test('bytes count as well, also those that a session grows by [S6]', async () => {
    const { login, anonymous, grow, isAlive } = worldOf({ maxSize: MiB, maxBytes: 8 * MiB })
    const ada = await login('ada')
    const large = []
    for (let count = 0; count < 300; count += 1) large.push(await anonymous(MiB - 100))
    const alive = await Promise.all(large.map(isAlive))
    // A character counts two bytes: three of these fit, and the small one of Ada.
    expect(alive.filter(Boolean)).toHaveLength(3)
    expect(alive.slice(-3)).toEqual([true, true, true])
    const bob = await login('bob')
    expect((await grow(bob, MiB - 100)).status).toBe(200)
    expect((await Promise.all(large.map(isAlive))).filter(Boolean)).toHaveLength(2)
    expect([await isAlive(ada), await isAlive(bob)]).toEqual([true, true])
    // What shrinks makes room.
    await grow(bob, 1)
    const small = await anonymous(MiB - 100)
    expect((await Promise.all([...large, small].map(isAlive))).filter(Boolean)).toHaveLength(3)
  })

  test('what has ended goes before what lives, also of users [S6]', async () => {
    const { time, login, anonymous, isAlive } = worldOf({ limit: 4 })
    for (const user of ['ada', 'bob', 'eve']) await login(user)
    time.now += 1_801_000
    const carts = [await anonymous(), await anonymous(), await anonymous(), await anonymous()]
    expect(await Promise.all(carts.map(isAlive))).toEqual([true, true, true, true])
  })

  test('bytes for less than four of the largest sessions are refused [S6]', () => {
    const given = () => new MemoryStore({ maxSize: MiB, maxBytes: 4 * MiB - 1 })
    expect(given).toThrow(
      `the session option 'maxBytes' must be a whole number of bytes from ${4 * MiB}, not ${4 * MiB - 1}.`,
    )
    expect(() => new MemoryBackend({ maxBytes: 0 })).toThrow("option 'maxBytes'")
  })
})

test('a MemoryBackend is bounded by bytes, the least recently used first [S6]', async () => {
  const backend = new MemoryBackend({ maxBytes: 10_000 })
  const text = 'x'.repeat(2000)
  for (const key of ['a', 'b', 'c']) await backend.create(key, text, 60_000)
  const read = async (key: string) => (await backend.read(key)) !== undefined
  expect([await read('a'), await read('b'), await read('c')]).toEqual([false, true, true])
  await backend.replace('b', 1, 'x'.repeat(3000), 60_000)
  expect([await read('b'), await read('c')]).toEqual([true, false])
  await backend.destroy('b')
  expect(backend.size).toBe(0)
  for (const key of ['d', 'e']) await backend.create(key, text, 60_000)
  expect([await read('d'), await read('e')]).toEqual([true, true])
})
