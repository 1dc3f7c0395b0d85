import { describe, expect, it } from 'vitest'
import { App, route } from '../../../src/http/index.js'
import { Session, sessions } from '../../../src/sessions/index.js'
import { testClient } from '../../../src/testing/index.js'
import { NAME, world, setCookies } from './cookie-world.js'

describe('CookieStore', () => {
  it('gives back what was set, to that visitor alone', async () => {
    const { app, client } = world()
    await client.post('/write')
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    expect(await testClient(app).json('/read')).toEqual({})
  })

  it('sets the cookie that is documented, of characters that need no encoding [CE-01, CE-18]', async () => {
    const { client } = world()
    const [cookie, ...others] = setCookies(await client.post('/write'))
    expect(cookie).toMatch(/^__Host-session=e[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    expect(others).toEqual([])
  })

  it('sets no cookie when the session was only asked for or read [CP-01, CE-10]', async () => {
    const { client } = world()
    for (const path of ['/', '/ask', '/read', '/id']) {
      expect(setCookies(await client.get(path))).toEqual([])
    }
    await client.post('/write')
    for (const path of ['/', '/ask', '/read', '/id']) {
      expect(setCookies(await client.get(path))).toEqual([])
    }
  })

  it('never seals an unchanged session [CE-19]', async () => {
    const { client } = world()
    await client.post('/write')
    for (let request = 0; request < 100; request++) {
      expect(setCookies(await client.post('/write'))).toEqual([])
    }
  })

  it('sets one cookie, the final state, whatever was called [CE-12]', async () => {
    const { client } = world()
    await client.post('/write')
    const response = await client.post('/relogin')
    expect(setCookies(response)).toHaveLength(1)
    expect(await client.json('/read')).toEqual({ user: 'eve' })
  })

  it('clears the cookie with the same name, path and flags on destroy [LO-01, CE-16]', async () => {
    const { client } = world({
      name: '__Secure-sid',
      path: '/',
      sameSite: 'none',
      partitioned: true,
    })
    await client.post('/write')
    expect(client.cookies.has('__Secure-sid')).toBe(true)
    const response = await client.post('/logout')
    expect(setCookies(response)).toEqual([
      '__Secure-sid=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    ])
    expect(client.cookies.has('__Secure-sid')).toBe(false)
    expect(await client.json('/read')).toEqual({})
  })

  it('logging out an anonymous visitor sets no cookie [LO-03]', async () => {
    expect(setCookies(await world().client.post('/logout'))).toEqual([])
  })

  it('says that a copied cookie lives until its sealed end [LO-05, FX-10]', async () => {
    const { client, store, time } = world({ idleTimeout: 60 })
    expect(store.capabilities).toEqual({
      isRevocable: false,
      mergesWrites: false,
      takesOnce: false,
    })
    await client.post('/write')
    const copy = client.cookies.get(NAME)!.value
    await client.post('/logout')
    client.cookies.set(NAME, copy)
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('keeps a session that was emptied empty [LO-08]', async () => {
    const { client } = world()
    await client.post('/write')
    await client.post('/empty')
    expect(await client.json('/read')).toEqual({})
  })

  it('changes the id on login [FX-03, FX-04]', async () => {
    const { client } = world()
    await client.post('/write')
    const before = await (await client.get('/id')).text()
    expect(await (await client.get('/id')).text()).toBe(before)
    await client.post('/login')
    expect(await (await client.get('/id')).text()).not.toBe(before)
  })

  it('a read-only response cannot undo a write or a login [RA-11, RA-12]', async () => {
    const { client } = world()
    await client.post('/write')
    const slow = client.get('/read')
    await client.post('/login')
    expect(setCookies(await slow)).toEqual([])
  })
})

describe('expiry of a cookie session', () => {
  it('is alive a second before its idle end, again and again, and over at the end [EX-01, EX-02]', async () => {
    const { client, time } = world({ idleTimeout: 60, absoluteTimeout: 600 })
    await client.post('/write')
    for (let request = 0; request < 2; request++) {
      time.now += 59_000
      expect(await client.json('/read')).toEqual({ user: 'ada' })
    }
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('refuses a replayed cookie after the absolute limit [EX-05]', async () => {
    const { client, time } = world({ idleTimeout: 60, absoluteTimeout: 90 })
    await client.post('/write')
    time.now += 59_000
    await client.get('/read')
    time.now += 30_999
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 1
    expect(await client.json('/read')).toEqual({})
  })

  it('notes activity once in a window [EX-10]', async () => {
    const { client, time } = world({ idleTimeout: 600, touchInterval: 60 })
    await client.post('/write')
    const renewals: number[] = []
    for (let second = 1; second <= 150; second++) {
      time.now += 1000
      if (setCookies(await client.get('/ask')).length > 0) renewals.push(second)
    }
    expect(renewals).toEqual([60, 120])
  })

  it('a handler that outlives the session does not revive it [EX-12]', async () => {
    const { time, store } = world({ idleTimeout: 60 })
    const slow = route.get('/slow', [Session], (session) => {
      time.now += 60_000
      session.set('late', true)
    })
    const app = new App({
      components: [sessions(store)],
      routes: [slow, route.post('/write', [Session], (session) => void session.set('user', 'ada'))],
    })
    const client = testClient(app, { clock: () => time.now })
    await client.post('/write')
    const response = await client.get('/slow')
    expect(setCookies(response)).toEqual([
      '__Host-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ])
  })

  it('ends on the server also when the cookie has no Max-Age [EX-15]', async () => {
    const { client, time } = world({ idleTimeout: 60 })
    await client.post('/write')
    expect(client.cookies.get(NAME)!.expires).toBeUndefined()
    time.now += 60_000
    expect(await client.json('/read')).toEqual({})
  })

  it('remember() makes the cookie outlive the browser for as long [EX-17]', async () => {
    const { client, time } = world()
    await client.post('/write')
    await client.post('/remember')
    expect(client.cookies.get(NAME)!.expires).toBe(time.now + 30 * 86_400_000)
    time.now += 29 * 86_400_000
    expect(await client.json('/read')).toEqual({ user: 'ada' })
    time.now += 86_400_000
    expect(await client.json('/read')).toEqual({})
  })

  it('a persistent cookie lives as long as the session may', async () => {
    const { client, time } = world({ persistent: true, idleTimeout: 60, absoluteTimeout: 600 })
    await client.post('/write')
    expect(client.cookies.get(NAME)!.expires).toBe(time.now + 600_000)
  })
})
