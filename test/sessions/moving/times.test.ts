import { expect, test } from 'vitest'
import { Inject } from '../../../src/di/index.js'
import { App, Cookies, route } from '../../../src/http/index.js'
import { MemoryStore, Session, sessions, SessionStore } from '../../../src/sessions/index.js'
import { movingFrom } from '../../../src/sessions/moving/index.js'
import { newSecret } from '../secrets.js'
import { refusalOf } from '../../di/world.js'
import { DAY } from './browser.js'

/** Two stores of one clock, and what a browser gets that comes with a cookie of the old one. */
async function moved(after: { readonly idleTimeout?: number } = {}) {
  const time = { now: Date.now() }
  const clock = () => time.now
  const before = new MemoryStore({ name: 'sid', clock, idleTimeout: 3600 })
  const begun = await before.load(new Cookies())
  begun.set('user', 'ada')
  await before.dump(begun)
  const moving = movingFrom(before, new MemoryStore({ clock, ...after }), {
    secret: newSecret(),
    until: new Date(time.now + DAY),
    rollback: true,
  })
  const app = new App({
    components: [sessions(moving, { onWarning: () => {} })],
    routes: [route.get('/', [Session], (session) => ({ user: session.get('user') ?? null }))],
  })
  const visit = async () => {
    const headers = { cookie: `sid=${begun.id}` }
    const response = await app.fetch(new Request('https://shop.test/', { headers }))
    return [await response.json(), response.headers.getSetCookie().length] as const
  }
  return { time, visit, app }
}

test('the last activity comes along: a session that is over by the limits of the new store does not', async () => {
  for (const [seconds, user] of [
    [599, 'ada'],
    [600, null],
  ] as const) {
    const { time, visit } = await moved({ idleTimeout: 600 })
    time.now += seconds * 1000
    expect((await visit())[0]).toEqual({ user })
  }
})

test('a request that comes with the old cookie half a minute later gets the new one, and none before', async () => {
  const { time, visit } = await moved()
  expect(await visit()).toEqual([{ user: 'ada' }, 1])
  time.now += 29_999
  expect(await visit()).toEqual([{ user: 'ada' }, 0])
  time.now += 1
  expect(await visit()).toEqual([{ user: 'ada' }, 1])
})

test('what an old store asks for by a type that is erased is told by `ready()`', async () => {
  class Old extends SessionStore {
    override readonly cookieName = 'sid'
    load(_cookies: Cookies, _table: unknown) {
      return Session.empty()
    }
    dump() {
      return undefined
    }
  }
  Reflect.defineMetadata('design:paramtypes', [Cookies, Object], Old.prototype, 'load')
  const load = Object.getOwnPropertyDescriptor(Old.prototype, 'load')!
  Inject()(Old.prototype, 'load', load)
  const options = { secret: newSecret(), until: new Date(Date.now() + DAY) }
  const moving = movingFrom(new Old(), new MemoryStore(), options)
  const app = new App({
    components: [sessions(moving, { onWarning: () => {} })],
    routes: [route.get('/', [Session], () => 'never')],
  })
  const [error] = (await refusalOf(app.ready())).errors
  expect(error).toMatchObject({
    code: 'DI_ERASED',
    problem:
      'parameter 1 of MovingStore.load cannot be injected: its type is erased to Object: an interface, a type alias, a union such as `X | null`, a type parameter, unknown, or (swc, oxc) a class from `import type`.',
  })
})
