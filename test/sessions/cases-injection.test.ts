import 'reflect-metadata'
import { EventEmitter } from 'node:events'
import { container } from 'tsyringe'
import { describe, expect, test } from 'vitest'
import { lazy, Resolver, singleton, type Component } from '../../src/di/index.js'
import { App, Param, route, type Route } from '../../src/http/index.js'
import { MemoryStore, Session, sessions } from '../../src/sessions/index.js'
import { testClient } from '../../src/testing/index.js'

function appOf(routes: readonly Route[], ...components: Component[]): App {
  return new App({ components: [sessions(new MemoryStore()), ...components], routes })
}

const outside = {
  name: 'SessionUsageError',
  code: 'SESSION_OUTSIDE_REQUEST',
  message:
    'cannot open the session: its request is over, and outside of a request there is none. ' +
    'Ask for it while the handler runs, and give what runs later the values it needs.',
}

describe('outside a request there is no session', () => {
  test('a job that is made at start-up cannot ask for one [CU-09]', async () => {
    class Job {}
    const job = singleton(Job, [Session], () => new Job())
    const app = appOf([route.get('/', [Job], () => 'never')], job)
    await expect(app.ready()).rejects.toMatchObject({
      errors: [{ code: 'DI_CAPTIVE' }],
    })
  })

  test('tsyringe does not make one [CU-09]', () => {
    expect(() => container.resolve(Session)).toThrow('TypeInfo not known for "Session"')
  })

  test('a lazy session that a job kept says that its request is over [CU-09]', async () => {
    let job: () => unknown = () => {}
    const app = appOf([route.get('/', [lazy(Session)], (session) => void (job = session))])
    await testClient(app).get('/')
    await expect(job()).rejects.toMatchObject(outside)
  })

  test('so does a Resolver [CU-09]', async () => {
    let job: () => unknown = () => {}
    const app = appOf([
      route.get('/', [Resolver], (resolver) => void (job = () => resolver.get(Session))),
    ])
    await testClient(app).get('/')
    await expect(job()).rejects.toMatchObject(outside)
  })
})

describe('a session is a value and not a matter of the async context [CU-10]', () => {
  /** Of two requests each handler goes on in a callback that runs in the context of the other. */
  const crossings = {
    'an event of the other request': () => {
      const emitter = new EventEmitter()
      return () =>
        new Promise<void>((resolve) => {
          emitter.once('meet', resolve)
          if (emitter.listenerCount('meet') === 2) emitter.emit('meet')
        })
    },
    'a pool of callbacks': () => {
      const pool: (() => void)[] = []
      return () =>
        new Promise<void>((resolve) => {
          pool.push(resolve)
          if (pool.length === 2) for (const callback of pool.reverse()) callback()
        })
    },
    'a thenable of its own making': () => {
      const waiting: (() => void)[] = []
      return () => ({
        then(resolve: () => void) {
          waiting.unshift(resolve)
          if (waiting.length === 2) for (const go of waiting) go()
        },
      })
    },
  }

  test.each(Object.entries(crossings))('%s leaves each with its own', async (_, crossing) => {
    const cross = crossing()
    const app = appOf([
      route.get('/', [Session], (session) => session.toObject()),
      route.post('/:name', [Session, Param('name')], async (session, name) => {
        await cross()
        session.set('name', name)
        return session.id
      }),
    ])
    const [ada, bob] = [testClient(app), testClient(app)]
    const [one, other] = await Promise.all([ada.post('/ada'), bob.post('/bob')])
    expect(await one.text()).not.toBe(await other.text())
    expect(await ada.json('/')).toEqual({ name: 'ada' })
    expect(await bob.json('/')).toEqual({ name: 'bob' })
  })
})
