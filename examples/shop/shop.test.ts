import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { cookieOf, form, shopOpener } from './open-shop.js'

const openShop = shopOpener()

describe.each(['cookie', 'memory', 'sqlite', 'redis'])('with SESSION_STORE=%s', (store) => {
  test('a new visitor is nobody, has nothing, and gets no cookie for looking around', async () => {
    const client = (await openShop(store))()
    expect(await client.json('/api/me')).toEqual({ username: null })
    expect(await client.json('/api/cart')).toEqual({ items: [], count: 0 })
    expect(await client.json('/api/visits')).toEqual({ visits: 0 })
    expect(await client.json('/api/notes')).toEqual({})
    expect((await client.get('/')).status).toBe(200)
    expect(cookieOf(client)).toBeUndefined()
  })

  test('POST /api/login remembers the name in a cookie with every flag', async () => {
    const client = (await openShop(store))()
    const response = await client.post('/api/login', { username: 'ada' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ username: 'ada' })
    expect(await client.json('/api/me')).toEqual({ username: 'ada' })
    expect(cookieOf(client)).toMatchObject({
      name: expect.stringMatching(/^__Host-/),
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    })
  })

  test('POST /api/login keeps the cart and changes the session', async () => {
    const client = (await openShop(store))()
    await client.post('/api/cart/tea?quantity=2')
    const before = cookieOf(client)
    await client.post('/api/login', { username: 'ada' })
    expect(cookieOf(client)?.value).not.toBe(before?.value)
    expect(await client.json('/api/cart')).toMatchObject({ count: 2 })
  })

  test.each([
    ['missing', {}],
    ['empty', { username: '' }],
    ['a number', { username: 5 }],
    ['null', { username: null }],
    ['a list', { username: ['ada'] }],
    ['an object', { username: { toString: 'ada' } }],
    ['true', { username: true }],
    ['65 characters long', { username: 'x'.repeat(65) }],
    ['in a list', [{ username: 'ada' }]],
    ['half a character', { username: 'ada \ud800' }],
  ])('POST /api/login rejects a username that is %s', async (_, body) => {
    const client = (await openShop(store))()
    const response = await client.post('/api/login', body)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(await response.text()).toContain('username')
    expect(cookieOf(client)).toBeUndefined()
    expect(await client.json('/api/me')).toEqual({ username: null })
  })

  test.each([['null'], ['"ada"'], ['{"username":"ada"'], ['']])(
    'POST /api/login refuses the body %j',
    async (body) => {
      const client = (await openShop(store))()
      const headers = { 'content-type': 'application/json' }
      const response = await client.post('/api/login', body, { headers })
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(cookieOf(client)).toBeUndefined()
    },
  )

  test('POST /api/login takes names of 64 characters, of any alphabet, as they are', async () => {
    const client = (await openShop(store))()
    for (const username of ['x'.repeat(64), '🫖'.repeat(64), ' <b>&amp;"ünï', '__proto__']) {
      expect(await (await client.post('/api/login', { username })).json()).toEqual({ username })
      expect(await client.json('/api/me')).toEqual({ username })
    }
  })

  test('POST /api/logout forgets everything and clears the cookie', async () => {
    const client = (await openShop(store))()
    await client.post('/api/login', { username: 'ada' })
    await client.post('/api/cart/mug?quantity=1')
    const response = await client.post('/api/logout')
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
    expect(cookieOf(client)).toBeUndefined()
    expect(await client.json('/api/me')).toEqual({ username: null })
    expect(await client.json('/api/cart')).toEqual({ items: [], count: 0 })
  })

  test('POST /api/logout of a stranger is harmless', async () => {
    const client = (await openShop(store))()
    expect((await client.post('/api/logout')).status).toBe(204)
    expect(cookieOf(client)).toBeUndefined()
  })

  test('the cart adds up, keeps its order, and gives things back', async () => {
    const client = (await openShop(store))()
    const mug = { sku: 'mug', quantity: 99 }
    expect(await (await client.post('/api/cart/mug?quantity=99')).json()).toEqual({
      items: [mug],
      count: 99,
    })
    await client.post('/api/cart/tea?quantity=1')
    const full = { items: [mug, { sku: 'tea', quantity: 3 }], count: 102 }
    expect(await (await client.post('/api/cart/tea?quantity=2')).json()).toEqual(full)
    expect(await client.json('/api/cart')).toEqual(full)
    const rest = { items: [{ sku: 'tea', quantity: 3 }], count: 3 }
    expect(await (await client.delete('/api/cart/mug')).json()).toEqual(rest)
    expect(await (await client.delete('/api/cart/coffee')).json()).toEqual(rest)
    expect(await client.json('/api/cart')).toEqual(rest)
  })

  test.each(['teapot', '__proto__', 'constructor', 'TEA'])(
    'POST /api/cart/%s is 404: the shop does not sell it',
    async (sku) => {
      const client = (await openShop(store))()
      const response = await client.post(`/api/cart/${sku}?quantity=1`)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(await client.json('/api/cart')).toEqual({ items: [], count: 0 })
    },
  )

  test.each(['0', '100', '1.5', 'abc', '-1', '', '1e1', '0x1', ' 1', '٣', 'Infinity'])(
    'POST /api/cart/tea refuses the quantity %j',
    async (quantity) => {
      const client = (await openShop(store))()
      const response = await client.post(`/api/cart/tea?${form({ quantity })}`)
      expect(response.status).toBe(400)
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(await response.text()).toContain('quantity')
      expect(cookieOf(client)).toBeUndefined()
    },
  )

  test('POST /api/cart/tea without a quantity is 400', async () => {
    const client = (await openShop(store))()
    expect((await client.post('/api/cart/tea')).status).toBe(400)
  })

  test('POST /api/visits counts', async () => {
    const client = (await openShop(store))()
    expect(await (await client.post('/api/visits')).json()).toEqual({ visits: 1 })
    expect(await (await client.post('/api/visits')).json()).toEqual({ visits: 2 })
    expect(await client.json('/api/visits')).toEqual({ visits: 2 })
  })

  test('notes are kept one by one, under any name', async () => {
    const client = (await openShop(store))()
    const notes = Object.fromEntries([
      ['a', 'first'],
      ['id', 'no session id'],
      ['__proto__', 'no prototype'],
      ['two words/ü', ''],
    ])
    for (const [name, text] of Object.entries(notes)) {
      const response = await client.put(`/api/notes/${encodeURIComponent(name)}`, { text })
      expect(response.status).toBe(204)
    }
    expect(JSON.stringify(await client.json('/api/notes'))).toBe(JSON.stringify(notes))
    await client.put('/api/notes/a', { text: 'changed' })
    expect(await client.json('/api/notes')).toMatchObject({ a: 'changed' })
  })

  test.each([[{}], [{ text: 5 }], [{ text: null }], [{ text: ['x'] }], [{ text: '\ud800' }]])(
    'PUT /api/notes/a refuses %j',
    async (body) => {
      const client = (await openShop(store))()
      const response = await client.put('/api/notes/a', body)
      expect(response.status).toBe(400)
      expect(await response.text()).toContain('text')
      expect(cookieOf(client)).toBeUndefined()
    },
  )

  test('PUT /api/notes rejects a name of more than 100 characters', async () => {
    const client = (await openShop(store))()
    const [taken, refused] = ['x'.repeat(100), 'x'.repeat(101)]
    expect((await client.put(`/api/notes/${taken}`, { text: '' })).status).toBe(204)
    expect((await client.put(`/api/notes/${refused}`, { text: '' })).status).toBe(400)
    expect(await client.json('/api/notes')).toEqual({ [taken]: '' })
  })

  test('GET /healthz responds without a session, also to a visitor who has one', async () => {
    const client = (await openShop(store))()
    expect(await client.json('/healthz')).toEqual({ ok: true })
    await client.post('/api/visits')
    const response = await client.get('/healthz')
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(response.headers.get('vary')).toBeNull()
  })

  test('two visitors share nothing', async () => {
    const visitor = await openShop(store)
    const [ada, bob] = [visitor(), visitor()]
    await ada.post('/api/login', { username: 'ada' })
    await bob.post('/api/login', { username: 'bob' })
    expect(await ada.json('/api/me')).toEqual({ username: 'ada' })
    expect(await bob.json('/api/me')).toEqual({ username: 'bob' })
  })

  test('a forged cookie is a stranger, whose id is never adopted', async () => {
    const visitor = await openShop(store)
    const [real, forger] = [visitor(), visitor()]
    await real.post('/api/login', { username: 'ada' })
    const { name, value } = cookieOf(real)!
    const altered = (value.startsWith('A') ? 'B' : 'A') + value.slice(1)
    forger.cookies.set(name, altered)
    expect(await forger.json('/api/me')).toEqual({ username: null })
    await forger.post('/api/visits')
    expect(forger.cookies.get(name)?.value).not.toBe(altered)
  })

  test('the forms log in, fill the cart, empty it and log out, each with a 303 to the page', async () => {
    const client = (await openShop(store))()
    const steps: [string, URLSearchParams | undefined][] = [
      ['/login', form({ username: 'ada' })],
      ['/cart/tea', form({ quantity: '2' })],
      ['/cart/mug', form({ quantity: '1', action: 'add' })],
      ['/cart/tea', form({ action: 'remove' })],
    ]
    for (const [path, fields] of steps) {
      const response = await client.post(path, fields)
      expect(response.status).toBe(303)
      expect(response.headers.get('location')).toBe('/')
    }
    expect(await client.json('/api/me')).toEqual({ username: 'ada' })
    expect(await client.json('/api/cart')).toEqual({
      items: [{ sku: 'mug', quantity: 1 }],
      count: 1,
    })
    const page = await (await client.post('/logout', form({}), { follow: true })).text()
    expect(page).toContain('Log in')
    expect(cookieOf(client)).toBeUndefined()
  })

  test.each([
    ['/login', { username: '' }, 400, 'The username must be a text of 1 to 64 characters.'],
    ['/login', {}, 400, 'The username must be a text of 1 to 64 characters.'],
    ['/cart/tea', { quantity: '0' }, 400, 'The quantity must be a whole number from 1 to 99.'],
    ['/cart/teapot', { quantity: '1' }, 404, 'There is no product &#39;teapot&#39;.'],
  ])('POST %s of %j is explained on the page itself', async (path, fields, status, message) => {
    const client = (await openShop(store))()
    const response = await client.post(path, form(fields))
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain(`<p class="problem" role="alert">${message}</p>`)
    expect(cookieOf(client)).toBeUndefined()
  })

  test('the page shows who is there and what is in the cart, with everything escaped', async () => {
    const client = (await openShop(store))()
    await client.post('/login', form({ username: '<script>alert("&")</script>' }))
    await client.post('/cart/coffee', form({ quantity: '3' }))
    const page = await (await client.get('/')).text()
    expect(page).not.toContain('<script')
    expect(page).toContain('&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;')
    expect(page).toContain('3 × €12.00')
    expect(page).toContain('€36.00')
  })
})

describe.each(['memory', 'sqlite', 'redis'])(
  'with SESSION_STORE=%s, where the server keeps sessions',
  (store) => {
    test('the id from before the login is worth nothing afterwards', async () => {
      const visitor = await openShop(store)
      const [ada, thief] = [visitor(), visitor()]
      await ada.post('/api/cart/tea?quantity=1')
      const { name, value } = cookieOf(ada)!
      await ada.post('/api/login', { username: 'ada' })
      thief.cookies.set(name, value)
      expect(await thief.json('/api/me')).toEqual({ username: null })
    })

    test('a cookie that was copied before the logout opens nothing', async () => {
      const visitor = await openShop(store)
      const [ada, thief] = [visitor(), visitor()]
      await ada.post('/api/login', { username: 'ada' })
      const { name, value } = cookieOf(ada)!
      await ada.post('/api/logout')
      thief.cookies.set(name, value)
      expect(await thief.json('/api/me')).toEqual({ username: null })
    })

    test('twenty visits at the same time all count', async () => {
      const client = (await openShop(store))()
      await client.post('/api/visits')
      await Promise.all(Array.from({ length: 20 }, () => client.post('/api/visits')))
      expect(await client.json('/api/visits')).toEqual({ visits: 21 })
    })

    test('twenty things put into the cart at the same time are all in it', async () => {
      const client = (await openShop(store))()
      await client.post('/api/cart/mug?quantity=1')
      const adds = [
        () => client.post('/api/cart/tea?quantity=1'),
        () => client.post('/cart/tea', form({ quantity: '1' })),
      ]
      await Promise.all(Array.from({ length: 20 }, (_, index) => adds[index % 2]!()))
      expect(await client.json('/api/cart')).toEqual({
        items: [
          { sku: 'mug', quantity: 1 },
          { sku: 'tea', quantity: 20 },
        ],
        count: 21,
      })
    })

    test('a note of 5 KB is kept', async () => {
      const client = (await openShop(store))()
      const text = 'x'.repeat(5 * 1024)
      expect((await client.put('/api/notes/long', { text })).status).toBe(204)
      expect(await client.json('/api/notes')).toEqual({ long: text })
    })

    test('twenty notes written at the same time are all kept', async () => {
      const client = (await openShop(store))()
      await client.post('/api/visits')
      const names = Array.from({ length: 20 }, (_, index) => `note-${index}`)
      await Promise.all(names.map((name) => client.put(`/api/notes/${name}`, { text: name })))
      expect(Object.keys(await client.json<object>('/api/notes')).sort()).toEqual(names.sort())
    })
  },
)

test('sessions in Redis and in a file outlive the shop, and a cookie outlives it with the same secret', async () => {
  for (const store of ['redis', 'sqlite', 'cookie']) {
    const before = (await openShop(store))()
    await before.post('/api/login', { username: 'ada' })
    const after = (await openShop(store))()
    const { name, value } = cookieOf(before)!
    after.cookies.set(name, value)
    expect(await after.json('/api/me')).toEqual({ username: 'ada' })
  }
})

test('a session that is too large for a cookie is a 413 that says so, and nothing is changed', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  onTestFinished(() => warned.mockRestore())
  const client = (await openShop('cookie'))()
  await client.post('/api/login', { username: 'ada' })
  const response = await client.put('/api/notes/long', { text: 'x'.repeat(5 * 1024) })
  expect(response.status).toBe(413)
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(await response.json()).toEqual({
    title: 'Content Too Large',
    status: 413,
    detail: expect.stringMatching(
      /^The session would take \d{4} bytes, and 4096 are allowed\. Nothing was stored: send less, or remove something first\.$/,
    ),
    code: 'SESSION_TOO_LARGE',
  })
  expect(warned).toHaveBeenCalledExactlyOnceWith(
    expect.stringContaining('Its largest keys: "note:long"'),
    'SessionWarning',
  )
  expect(await client.json('/api/notes')).toEqual({})
  expect(await client.json('/api/me')).toEqual({ username: 'ada' })
})
