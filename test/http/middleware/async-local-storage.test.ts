import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { App, Hooks, inject, Next, route, scoped } from '../../../src/index.js'

const storage = new AsyncLocalStorage<string>()

/** As a logger of somebody else does it. */
const inside = inject([Next], async (next) => storage.run('inside', () => next()))

class Made {
  readonly seen = storage.getStore()
}

test('what a middleware sets in an AsyncLocalStorage is there for components and the handler, and for hooks by a snapshot [C23]', async () => {
  const seen: Record<string, string | undefined> = {}
  const app = new App({
    middleware: [inside],
    components: [scoped(Made, [], () => new Made())],
    routes: [
      route.get('/', [Made, Hooks], (made, hooks) => {
        const restore = AsyncLocalStorage.snapshot()
        hooks.afterResponse(() => {
          seen['hook'] = storage.getStore()
          seen['snapshot'] = restore(() => storage.getStore())
        })
        Object.assign(seen, { made: made.seen, handler: storage.getStore() })
        return 'done'
      }),
    ],
  })
  const response = await app.fetch(new Request('http://localhost/'))
  expect(await response.text()).toBe('done')
  await app.close()
  expect(seen).toEqual({
    made: 'inside',
    handler: 'inside',
    hook: undefined,
    snapshot: 'inside',
  })
})

test('what a handler throws is told outside of it [C23]', async () => {
  const told: (string | undefined)[] = []
  const app = new App({
    middleware: [inside],
    onError: () => void told.push(storage.getStore()),
    routes: [
      route.get('/', () => {
        throw new Error('broken')
      }),
    ],
  })
  expect((await app.fetch(new Request('http://localhost/'))).status).toBe(500)
  expect(told).toEqual([undefined])
})
