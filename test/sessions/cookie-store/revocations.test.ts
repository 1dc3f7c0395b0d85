import { describe, expect, test } from 'vitest'
import { CookieStore, MemoryBackend, type CookieStoreOptions } from '../../../src/sessions/index.js'
import { VisitedApp } from '../../../src/testing/conformance/store/visited-app.js'
import { newSecret } from '../secrets.js'
import { gate } from '../server-store/server-store-suite.js'

const DAY = 86_400_000

/** A cookie store that remembers ends, and the backend in which it does. */
async function revocable(options: Partial<CookieStoreOptions> = {}) {
  const app = await VisitedApp.open((conditions) => {
    const revocations = new SlowBackend({ now: conditions.clock })
    const store = new CookieStore({ secret: newSecret(), ...conditions, revocations, ...options })
    return { store, revocations }
  })
  /** Somebody who has logged in, for so many seconds when they want to be remembered. */
  const login = async (user: string, lifetime?: number) => {
    const visitor = app.visitor()
    await visitor.visit((session) => {
      session.bind(user)
      if (lifetime !== undefined) session.remember(lifetime)
    })
    return visitor
  }
  const userOf = (header: string) => app.visitor().visit((session) => session.userId, header)
  return { app, login, userOf, ...app.world }
}

/** A memory of revocations whose writes land some turns of the event loop after they were asked for. */
class SlowBackend extends MemoryBackend {
  turns = 0
  readonly log: string[] = []

  override async create(key: string, text: string, ttl: number) {
    await this.#wait()
    const isMade = await super.create(key, text, ttl)
    if (isMade) this.log.push('remembered')
    return isMade
  }

  override async replace(...given: Parameters<MemoryBackend['replace']>) {
    await this.#wait()
    const outcome = await super.replace(...given)
    this.log.push('remembered')
    return outcome
  }

  async #wait(): Promise<void> {
    for (let turn = 0; turn < this.turns; turn++) await new Promise(setImmediate)
  }
}

describe('revokeUser', () => {
  test('ends the sessions of one user and of nobody else, users with odd names included', async () => {
    const { app, login, userOf, store } = await revocable()
    const users = ['ada', 'bob', 'Ada', 'ada ', '__proto__', 'undefined', '*']
    const visitors = new Map<string, string>()
    for (const user of users) visitors.set(user, (await login(user)).header)
    const anonymous = await app.visitor().begin({ cart: 1 })
    app.pass(1000)
    await store.revokeUser('ada')
    const seen = []
    for (const user of users) seen.push(await userOf(visitors.get(user) as string))
    expect(seen).toEqual([undefined, ...users.slice(1)])
    expect(await anonymous.data()).toEqual({ cart: 1 })
  })

  test('works a second time, and the logins in between are not spared', async () => {
    const { app, login, userOf, store } = await revocable()
    const first = await login('ada')
    app.pass(1000)
    await store.revokeUser('ada')
    app.pass(1000)
    const second = await login('ada')
    expect(await userOf(second.header)).toBe('ada')
    app.pass(1000)
    await store.revokeUser('ada')
    app.pass(1000)
    const third = await login('ada')
    expect(await userOf(first.header)).toBeUndefined()
    expect(await userOf(second.header)).toBeUndefined()
    expect(await userOf(third.header)).toBe('ada')
  })

  test('is remembered as long as the longest cookie lives, to the second, the second time too', async () => {
    const { app, login, userOf, store } = await revocable()
    const revokeLater = async () => {
      const { header } = await login('ada', 400 * 86_400)
      app.pass(1000)
      await store.revokeUser('ada')
      return header
    }
    const early = await revokeLater()
    app.pass(400 * DAY - 1001)
    expect(await userOf(early)).toBeUndefined()
    const late = await revokeLater()
    app.pass(400 * DAY - 1001)
    expect(await userOf(late)).toBeUndefined()
  })

  test('has been remembered when it settles, the second time too', async () => {
    const { revocations, store } = await revocable()
    revocations.turns = 20
    for (let time = 0; time < 2; time++) {
      await store.revokeUser('ada')
      revocations.log.push('settled')
    }
    expect(revocations.log).toEqual(['remembered', 'settled', 'remembered', 'settled'])
  })

  test('an entry is forgotten with the last cookie that it is about', async () => {
    const { app, login, revocations, store } = await revocable()
    const { header } = await login('ada')
    app.pass(1000)
    await store.revokeUser('ada')
    await app.visitor().visit((session) => session.userId, header)
    app.pass(401 * DAY)
    // What has ended is dropped when it is asked for: nothing of it is found any more.
    const visitor = await login('ada')
    await visitor.visit((session) => session.userId)
    expect(revocations.size).toBe(0)
  })
})

describe('a logout of a cookie session', () => {
  test('ends what a renewal has made of the session meanwhile', async () => {
    const { app, login, userOf } = await revocable()
    const visitor = await login('ada')
    const hold = gate()
    const logout = app.visitor().attempt(async (session) => {
      await hold.pass()
      session.destroy()
    }, visitor.header)
    await hold.waited
    await visitor.visit((session) => session.regenerate())
    expect(await userOf(visitor.header)).toBe('ada')
    hold.open()
    await logout
    expect(await userOf(visitor.header)).toBeUndefined()
  })

  test('ends a renewal of a renewal, and no session of another browser', async () => {
    const { app, login, userOf, revocations } = await revocable()
    const [visitor, other] = [await login('ada'), await login('ada')]
    const hold = gate()
    const logout = app.visitor().attempt(async (session) => {
      await hold.pass()
      session.destroy()
    }, visitor.header)
    await hold.waited
    for (let renewal = 0; renewal < 3; renewal++)
      await visitor.visit((session) => session.regenerate())
    await other.visit((session) => session.regenerate())
    revocations.turns = 20
    hold.open()
    await logout
    revocations.turns = 0
    expect(await userOf(visitor.header)).toBeUndefined()
    expect(await userOf(other.header)).toBe('ada')
  })

  test('ends a renewal for as long as its cookie would live', async () => {
    const { app, login, userOf } = await revocable()
    const visitor = await login('ada')
    const hold = gate()
    const logout = app.visitor().attempt(async (session) => {
      await hold.pass()
      session.destroy()
    }, visitor.header)
    await hold.waited
    await visitor.visit((session) => {
      session.regenerate()
      session.remember(30 * 86_400)
    })
    const { header } = visitor
    hold.open()
    await logout
    app.pass(30 * DAY - 1)
    expect(await userOf(header)).toBeUndefined()
  })

  test('is remembered before it is answered, and so is a renewal', async () => {
    const { login, userOf, revocations } = await revocable()
    const visitor = await login('ada')
    const copies = [visitor.header]
    revocations.turns = 20
    revocations.log.length = 0
    await visitor.visit((session) => session.regenerate())
    revocations.log.push('answered')
    copies.push(visitor.header)
    await visitor.visit((session) => session.destroy())
    revocations.log.push('answered')
    expect(revocations.log).toEqual(['remembered', 'answered', 'remembered', 'answered'])
    for (const copy of copies) expect(await userOf(copy)).toBeUndefined()
  })

  test('that is sent twice, or with a copy, is no error', async () => {
    const { app, login, userOf } = await revocable()
    const { header } = await login('ada')
    const hold = gate(2)
    const logouts = [1, 2].map(() =>
      app.visitor().attempt(async (session) => {
        await hold.pass()
        session.destroy()
      }, header),
    )
    await hold.waited
    hold.open()
    expect((await Promise.all(logouts)).map(({ status }) => status)).toEqual([204, 204])
    expect(await userOf(header)).toBeUndefined()
  })
})

test('an adopted session has ended when its end is remembered, and not before', async () => {
  const revocations = new MemoryBackend()
  const store = new CookieStore({ secret: newSecret(), revocations })
  revocations.create = () => Promise.reject(new Error('away'))
  const [id, until] = ['A'.repeat(43), Date.now() + DAY]
  await expect(store.endAdopted(id, until)).rejects.toThrow('away')
  const metadata = { createdAt: Date.now(), seenAt: Date.now() }
  const session = { id, metadata, fields: new Map() }
  await expect(store.adopt(session, until)).rejects.toThrow('away')
})
