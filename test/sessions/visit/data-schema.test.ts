import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, it } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import {
  CookieStore,
  MemoryStore,
  Session,
  sessions,
  type SessionsOptions,
} from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { newSecret } from '../secrets.js'

interface Shop {
  cart: string[]
  user?: string
}

/** As zod would be: gives a default, drops what it does not know, refuses what does not fit. */
const shop: StandardSchemaV1<unknown, Shop> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    async validate(value) {
      const { cart = [], user } = value as { cart?: unknown; user?: string }
      if (!Array.isArray(cart)) return { issues: [{ message: 'not a list', path: ['cart'] }] }
      return { value: { cart: cart as string[], ...(user !== undefined && { user }) } }
    },
  },
}

/** One visitor, whose browser comes to one version of the application after the other. */
function versions() {
  const store = new CookieStore({ secret: newSecret() })
  const jar = new Map<string, string>()
  return (options: SessionsOptions<Shop>) => {
    const reported: string[] = []
    const app = new App({
      components: [
        sessions(store, { onWarning: ({ message }) => reported.push(message), ...options }),
      ],
      routes: [
        route.get('/read', [Session], (session) => session.toObject()),
        route.post('/write', [Session], async (session) => {
          session.set('cart', 'tea')
          session.set('old', true)
        }),
        route.post('/fail', [Session], () => {
          throw new Error('broken')
        }),
        route.post('/anew', [Session], (session) => {
          session.destroy()
          session.set('cart', ['mug'])
        }),
        route.post(
          '/add',
          [Session],
          (session: Session<Shop>) => void session.update('cart', (cart = []) => [...cart, 'mug']),
        ),
      ],
      onError: (error) => reported.push(String((error as Error).cause)),
    })
    const client = testClient(app)
    const visit = async (method: string, path: string) => {
      for (const [name, value] of jar) client.cookies.set(name, value)
      const response = await client.send(method, path)
      const { value } = client.cookies.get('__Host-session') ?? {}
      if (value !== undefined) jar.set('__Host-session', value)
      return response
    }
    return { reported, visit, read: async () => (await visit('GET', '/read')).json() }
  }
}

describe('data that is bound to a schema', () => {
  it('of an older application is migrated, checked and kept so [TY-16]', async () => {
    const version = versions()
    await version({}).visit('POST', '/write')
    const asked: unknown[] = []
    const second = version({
      schema: shop,
      version: 2,
      migrate: (data, from) => {
        asked.push(structuredClone(data), from)
        return { cart: [data['cart']] }
      },
    })
    expect(await second.read()).toEqual({ cart: ['tea'] })
    expect(asked).toEqual([{ cart: 'tea', old: true }, 1])
    expect(await second.read()).toEqual({ cart: ['tea'] })
    expect(asked).toHaveLength(2)
    await second.visit('POST', '/add')
    expect(await second.read()).toEqual({ cart: ['tea', 'mug'] })
    expect(second.reported).toEqual([])
  })

  it('may be migrated by a promise, with a schema and without', async () => {
    for (const schema of [undefined, shop]) {
      const version = versions()
      await version({}).visit('POST', '/write')
      const migrate = async ({ cart }: Record<string, unknown>) => ({ cart: [cart] })
      const second = version({ version: 2, migrate, ...(schema && { schema }) })
      expect(await second.read()).toEqual({ cart: ['tea'] })
    }
  })

  it('that does not fit is left alone, and the visitor begins anew [TY-16]', async () => {
    const version = versions()
    await version({}).visit('POST', '/write')
    const second = version({ schema: shop })
    expect(await second.read()).toEqual({})
    expect(second.reported).toEqual([
      "cannot read the stored session value 'cart' back: the schema of the application refuses it.",
    ])
    expect(await version({}).read()).toEqual({ cart: 'tea', old: true })
    await second.visit('POST', '/add')
    expect(await second.read()).toEqual({ cart: ['mug'] })
  })

  it('of a newer application is neither lost nor written over: 503 [RF-18]', async () => {
    const version = versions()
    await version({ version: 3 }).visit('POST', '/add')
    const older = version({ version: 2 })
    expect((await older.visit('POST', '/add')).status).toBe(503)
    expect(older.reported).toEqual([
      'SessionStoreError: the data of the session has version 3, and this application knows 2',
    ])
    expect(await version({ version: 3 }).read()).toEqual({ cart: ['mug'] })
  })

  it('gets the defaults of the schema, and loses what the schema does not know', async () => {
    const version = versions()
    const untyped = version({})
    await untyped.visit('POST', '/add')
    const typed = version({ schema: shop })
    expect(await typed.read()).toEqual({ cart: ['mug'] })
  })

  it('is not checked for an anonymous visitor', async () => {
    const response = await versions()({ schema: shop, version: 2 }).visit('GET', '/read')
    expect(await response.json()).toEqual({})
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('that is unchanged sets no cookie', async () => {
    const { visit } = versions()({ schema: shop, version: 2 })
    await visit('POST', '/add')
    expect((await visit('GET', '/read')).headers.getSetCookie()).toEqual([])
  })

  it('is migrated again when the handler failed and nothing of it was to be saved', async () => {
    const version = versions()
    await version({}).visit('POST', '/write')
    const migrating: SessionsOptions<Shop> = {
      schema: shop,
      version: 2,
      migrate: ({ cart }) => ({ cart: [cart] }),
    }
    const failing = version({ ...migrating, save: 'success' })
    expect((await failing.visit('POST', '/fail')).status).toBe(500)
    expect(await version(migrating).read()).toEqual({ cart: ['tea'] })
  })

  it('has the version of the application also after a logout in the same request', async () => {
    const version = versions()
    await version({}).visit('POST', '/write')
    const migrated: unknown[] = []
    const second = version({
      version: 2,
      migrate: (data) => {
        migrated.push(data)
        return data
      },
    })
    await second.visit('POST', '/anew')
    expect(await second.read()).toEqual({ cart: ['mug'] })
    expect(migrated).toEqual([{ cart: 'tea', old: true }])
  })

  it('a default of the schema does not replace what another request wrote [TY-16]', async () => {
    const store = new MemoryStore()
    let enter = () => {}
    let leave = () => {}
    const entered = new Promise<void>((resolve) => (enter = resolve))
    const left = new Promise<void>((resolve) => (leave = resolve))
    const app = new App({
      components: [sessions(store, { schema: shop })],
      routes: [
        route.post('/login', [Session], (session) => session.bind('ada')),
        route.post('/add', [Session], (session: Session<Shop>) => {
          session.update('cart', (cart) => [...cart!, 'tea'])
        }),
        route.get('/', [Session], (session) => session.toObject()),
        route.get('/slow', [Session], async () => {
          enter()
          await left
        }),
      ],
    })
    const client = testClient(app)
    await client.post('/login')
    const slow = client.get('/slow')
    await entered
    await client.post('/add')
    leave()
    await slow
    expect(await client.json('/')).toEqual({ cart: ['tea'] })
  })

  it('is refused where the schema makes an id, which is not data', async () => {
    const errors: unknown[] = []
    const schema: StandardSchemaV1<unknown, { key: string }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({ value: { key: 'one', id: 'of the row' } }),
      },
    }
    const app = new App({
      components: [sessions(new MemoryStore(), { schema })],
      routes: [
        route.get('/', [Session], (session) => session.toObject()),
        route.post('/', [Session], (session) => session.set('key', 'one')),
      ],
      onError: (error) => errors.push(error),
    })
    const client = testClient(app)
    await client.post('/')
    expect((await client.get('/')).status).toBe(500)
    expect(errors).toMatchObject([
      { message: 'cannot use the session key "id": the id is not data; regenerate() changes it.' },
    ])
  })

  it('refuses a version that is no whole number', () => {
    const store = new CookieStore({ secret: newSecret() })
    expect(() => sessions(store, { version: 0.5 })).toThrow(
      "the session option 'version' must be a whole number from 1, not 0.5.",
    )
  })
})
