import { describe, expect, it } from 'vitest'

import { HttpError, Reply, route } from '../../../src/http/index.js'
import { SessionState } from '../../../src/sessions/session/session-state.js'
import {
  CookieStore,
  MemoryStore,
  Session,
  SessionReadOnlyError,
} from '../../../src/sessions/index.js'
import { newSecret } from '../secrets.js'
import {
  type Shop,
  sessionApp,
  ScriptedStore,
  never,
  impatient,
  RedisError,
} from '../session-app.js'

describe('a handler that fails', () => {
  const failing = [
    route.post('/throw', [Session], (session) => {
      session.set('user', 'eve')
      throw new Error('broken')
    }),
    route.post('/refuse', [Session], (session) => {
      session.set('user', 'eve')
      throw new HttpError(409, 'no')
    }),
    route.post('/answer-500', [Session], (session) => {
      session.set('user', 'eve')
      return new Response('broken', { status: 500 })
    }),
    route.post('/logout-and-throw', [Session], (session) => {
      session.destroy()
      throw new Error('broken')
    }),
    route.post('/login-and-throw', [Session], (session) => {
      session.regenerate()
      session.set('user', 'eve')
      throw new Error('broken')
    }),
  ]

  it.each(['/throw', '/refuse', '/answer-500'])(
    'keeps what it wrote until then (%s), by default [ER-02]',
    async (path) => {
      const { client } = sessionApp({ routes: failing })
      await client.post('/write')
      expect((await client.post(path)).ok).toBe(false)
      expect(await client.json('/read')).toEqual({ user: 'eve' })
    },
  )

  it.each(['/throw', '/refuse', '/answer-500'])(
    "drops what it wrote (%s), with save: 'success' [ER-02]",
    async (path) => {
      const { client } = sessionApp({ routes: failing, policy: { save: 'success' } })
      await client.post('/write')
      expect((await client.post(path)).ok).toBe(false)
      expect(await client.json('/read')).toEqual({ user: 'ada' })
    },
  )

  it('sets the cookie of a new session on an error response', async () => {
    const { client } = sessionApp({ routes: failing })
    const response = await client.post('/throw')
    expect(response.status).toBe(500)
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('vary')).toBe('Cookie')
  })

  it.each(['always', 'success'] as const)('never undoes destroy (save: %s)', async (save) => {
    const { client, store } = sessionApp({ routes: failing, policy: { save } })
    await client.post('/write')
    expect((await client.post('/logout-and-throw')).status).toBe(500)
    expect(store.records.size).toBe(0)
    expect(client.cookies.has('sid')).toBe(false)
  })

  it("never undoes regenerate, and drops the rest with save: 'success'", async () => {
    const { client } = sessionApp({ routes: failing, policy: { save: 'success' } })
    await client.post('/write')
    const before = client.cookies.get('sid')!.value
    await client.post('/login-and-throw')
    expect(client.cookies.get('sid')!.value).not.toBe(before)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })

  it.each(['CookieStore', 'MemoryStore'])('is treated alike by a %s [ER-02]', async (name) => {
    for (const [save, user] of [
      ['always', 'eve'],
      ['success', 'ada'],
    ] as const) {
      const secure = { name: 'sid', secure: false }
      const store =
        name === 'CookieStore'
          ? new CookieStore({ secret: newSecret(), ...secure })
          : new MemoryStore(secure)
      const { client } = sessionApp({ store, routes: failing, policy: { save } })
      await client.post('/write')
      expect((await client.post('/throw')).status).toBe(500)
      expect(await client.json('/read')).toEqual({ user })
    }
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'gives a stream that fails',
      () => new ReadableStream({ start: (stream) => stream.error(new Error('broken')) }),
    ],
  ])('sets no cookie and stores nothing when it %s untouched [ER-01]', async (_, fails) => {
    const { client, store } = sessionApp({ routes: [route.get('/broken', [Session], fails)] })
    await client.post('/write')
    const before = new Map(store.records)
    const write = store.records.set.bind(store.records)
    let writes = 0
    store.records.set = (...given) => (writes++, write(...given))
    const response = await client.get('/broken')
    expect(response.headers.getSetCookie()).toEqual([])
    await response.text().catch(() => {})
    expect([writes, store.records]).toEqual([0, before])
  })
})

describe('a write through an id that was just replaced, as by a second click on "log in"', () => {
  /** What a request gets that was under way with the old id. */
  const late = async (act: (session: Session<Shop>) => unknown) => {
    const opened = sessionApp({
      store: new MemoryStore(),
      routes: [
        route.post('/fill', [Session], (session) => void session.set('cart', ['tea'])),
        route.post('/late', [Session], act),
      ],
    })
    await opened.client.post('/fill')
    const [cookie] = opened.client.cookies
    await opened.client.post('/regenerate')
    const headers = { cookie: `${cookie!.name}=${cookie!.value}` }
    return { ...opened, response: await opened.client.post('/late', undefined, { headers }) }
  }

  it.each<[string, (session: Session<Shop>) => unknown]>([
    ['a method', (session) => session.bind('ada')],
    ['a change inside a value', (session) => void session.get('cart')?.push('secret')],
  ])('is a 409 that asks to send it again, and alarms nobody: %s [RA-08]', async (_, act) => {
    const { response, errors, client } = await late(act)
    expect(response.status).toBe(409)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(await response.json()).toEqual({
      title: 'Conflict',
      status: 409,
      detail:
        'Your session got a new id while this request was on its way, and nothing was stored. Send it again.',
      code: 'SESSION_READ_ONLY',
    })
    expect(errors).toEqual([])
    expect(await client.json('/read')).toEqual({ cart: ['tea'] })
  })

  it('is a typed error for a handler that catches it [RA-08]', async () => {
    const { response } = await late((session) => {
      try {
        session.set('user', 'ada')
      } catch (error) {
        return error instanceof SessionReadOnlyError && [error.name, error.code, error.message]
      }
      return 'written'
    })
    expect(await response.json()).toEqual([
      'SessionReadOnlyError',
      'SESSION_READ_ONLY',
      'cannot set "user": the request came with an id that regenerate() has replaced; ' +
        'it can only read. The next request of this visitor brings the new id.',
    ])
  })
})

describe('take', () => {
  const taking = (takeField: () => Promise<string>) =>
    sessionApp({
      store: new ScriptedStore(
        () => new Session(new SessionState({ id: 'an-id', fields: CODE, takeField })),
      ),
      policy: { timer: impatient },
      routes: [route.post('/take', [Session], (session) => session.take('code'))],
    })
  const CODE = new Map([['d:code', '7']])

  it.each([
    ['fails', () => Promise.reject(new RedisError('secret-message'))],
    ['never settles', never],
  ])('a store that %s makes a 503 [R7]', async (_, takeField) => {
    const { client, errors } = taking(takeField)
    const response = await client.post('/take')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect((errors[0] as Error).cause).toMatchObject({ code: 'SESSION_STORE' })
  })

  it('gives what the store gives', async () => {
    const { client } = taking(async () => '8')
    expect(await (await client.post('/take')).json()).toBe(8)
  })
})

describe('commit and the end of writing', () => {
  it('commit stores at once; what is written afterwards is dumped at the end', async () => {
    const stored: unknown[] = []
    const { client, store } = sessionApp({
      routes: [
        route.post('/commit', [Session], async (session) => {
          session.set('a', 1)
          await session.commit()
          stored.push({ ...store.records.get(session.id) }, session.isNew, session.isChanged)
          session.set('b', 2)
        }),
      ],
    })
    const response = await client.post('/commit')
    expect(stored).toEqual([{ a: 1 }, false, false])
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ a: 1, b: 2 })
  })

  it('the cookie of a commit is sent also when nothing was written afterwards, or the handler fails', async () => {
    const { client } = sessionApp({
      routes: [
        route.post('/commit', [Session, Reply], async (session) => {
          session.set('a', 1)
          await session.commit()
          throw new HttpError(400)
        }),
      ],
    })
    expect((await client.post('/commit')).status).toBe(400)
    expect(await client.json('/read')).toEqual({ a: 1 })
  })

  it('two commits at once, and the end, dump one after the other and lose nothing', async () => {
    const open: (() => void)[] = []
    let running = 0
    let most = 0
    const dumped: unknown[] = []
    const { client } = sessionApp({
      store: new ScriptedStore(
        () => Session.empty(),
        async (session) => {
          most = Math.max(most, ++running)
          dumped.push(session.toObject())
          await new Promise<void>((resolve) => open.push(resolve))
          running--
        },
      ),
      routes: [
        route.post('/commit', [Session], (session) => {
          session.set('a', 1)
          void session.commit()
          void session.commit()
          session.set('b', 2)
        }),
      ],
    })
    const answered = client.post('/commit')
    for (let turn = 0; turn < 50; turn++) {
      open.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await answered).status).toBe(204)
    expect(most).toBe(1)
    expect(dumped.at(-1)).toEqual({ a: 1, b: 2 })
  })

  it('a stream may read, but not write once the response has begun [HT-08]', async () => {
    let thrown: unknown
    let isBegun = false
    const { client } = sessionApp({
      routes: [
        route.get('/stream', [Session], (session) => {
          session.set('a', 1)
          return new ReadableStream(
            {
              // The head waits for the first chunk, so the response begins after that.
              pull(controller) {
                controller.enqueue(new TextEncoder().encode(`a=${session.get('a')}`))
                if (!isBegun) return void (isBegun = true)
                try {
                  session.set('late', 1)
                } catch (error) {
                  thrown = error
                }
                controller.close()
              },
            },
            { highWaterMark: 0 },
          )
        }),
      ],
    })
    const response = await client.get('/stream')
    expect(await response.text()).toBe('a=1a=1')
    expect(thrown).toMatchObject({ code: 'SESSION_CLOSED', key: 'late' })
    expect(await client.json('/read')).toEqual({ a: 1 })
  })

  it('no byte leaves before the dump is acknowledged [R3]', async () => {
    let acknowledge = () => {}
    const { client } = sessionApp({
      store: new ScriptedStore(
        () => Session.empty(),
        () => new Promise<void>((resolve) => (acknowledge = resolve)),
      ),
    })
    let isAnswered = false
    const answered = client.post('/write').then(() => (isAnswered = true))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(isAnswered).toBe(false)
    acknowledge()
    await answered
  })

  it('HEAD and 204 dump like everything else [HT-01, HT-04]', async () => {
    const { client } = sessionApp({
      routes: [route.get('/visit', [Session], (session) => void session.set('user', 'ada'))],
    })
    const response = await client.send('HEAD', '/visit')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
  })
})
