// Run by cases-frozen.test.ts in a process of its own: what it freezes stays frozen.
import { App, CookieStore, MemoryStore, route, Session, sessions, type SessionStore } from 'ingot'
import { testClient } from 'ingot/testing'

const secret = 'the secret of a test, which has more than 32 bytes'
const stores: readonly SessionStore[] = [new CookieStore({ secret }), new MemoryStore()]

freezeIntrinsics()

for (const store of stores) {
  const app = new App({
    components: [sessions(store)],
    routes: [
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/', [Session, Request], async (session, request) => {
        for (const [key, value] of Object.entries((await request.json()) as object)) {
          session.set(key, value)
        }
        session.regenerate()
      }),
      route.post('/count', [Session], (session) =>
        session.update('count', (count: number = 0) => count + 1),
      ),
      route.post('/logout', [Session], (session) => session.destroy()),
    ],
  })
  const client = testClient(app)
  const body = '{"__proto__":{"isAdmin":true},"constructor":1,"toString":"text","cart":["tea"]}'
  await client.post('/', body)
  await client.post('/count')
  console.log(await (await client.get('/')).text())
  await client.post('/logout')
  console.log(await (await client.get('/')).text(), client.cookies.size)
  await app.close()
}

/** As `--frozen-intrinsics` does, but after reflect-metadata has added its functions to `Reflect`. */
function freezeIntrinsics(): void {
  const named = [Object, Function, Array, String, Number, Boolean, Symbol, BigInt, Date, RegExp]
  const kept = [Map, Set, WeakMap, WeakSet, Promise, Error, TypeError, RangeError, Uint8Array]
  for (const intrinsic of [...named, ...kept]) {
    Object.freeze(intrinsic)
    Object.freeze(intrinsic.prototype)
  }
  for (const space of [JSON, Math, Reflect]) Object.freeze(space)
}
