import { expect, test } from 'vitest'
import { route } from '../../src/http/index.js'
import { testClient, type Fetchable } from '../../src/testing/test-client.js'

/** Responds with the request. */
const echo: Fetchable = {
  async fetch(request) {
    const { method, url, headers } = request
    const type = headers.get('content-type')
    return Response.json({ method, url, type, text: await request.text() })
  },
}

/** Redirects `/n` to `/n-1` with the given status, down to `/0`. */
const countdown = (status: number): Fetchable => ({
  async fetch(request) {
    const left = Number(new URL(request.url).pathname.slice(1))
    if (left === 0) return echo.fetch(request)
    return new Response('elsewhere', { status, headers: { location: `/${left - 1}` } })
  },
})

test('each verb sends its method to the origin of the client', async () => {
  const client = testClient(echo)
  const responses = await Promise.all([
    client.get('/a?b=c'),
    client.post('/a'),
    client.put('/a'),
    client.patch('/a'),
    client.delete('/a'),
    client.send('OPTIONS', '/a'),
  ])
  const seen = (await Promise.all(responses.map((response) => response.json()))) as {
    method: string
    url: string
  }[]
  expect(seen.map(({ method }) => method)).toEqual([
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
  ])
  expect(seen[0]?.url).toBe('https://shop.test/a?b=c')
})

test('another origin can be chosen', async () => {
  const client = testClient(echo, { origin: 'http://localhost:3000' })
  expect(await client.json('/')).toMatchObject({ url: 'http://localhost:3000/' })
})

test('a plain object and an array are sent as JSON', async () => {
  const client = testClient(echo)
  const type = 'application/json'
  expect(await (await client.post('/', { a: [1] })).json()).toMatchObject({
    type,
    text: '{"a":[1]}',
  })
  expect(await (await client.put('/', [1])).json()).toMatchObject({ type, text: '[1]' })
  const bare: Record<string, unknown> = Object.create(null)
  expect(await (await client.patch('/', bare)).json()).toMatchObject({ type, text: '{}' })
})

test('a content type given by the test is kept', async () => {
  const headers = { 'content-type': 'application/merge-patch+json' }
  const response = await testClient(echo).patch('/', { a: 1 }, { headers })
  expect(await response.json()).toMatchObject({ type: 'application/merge-patch+json' })
})

test('forms, text, bytes and streams are sent as fetch sends them', async () => {
  const client = testClient(echo)
  const form = new FormData()
  form.set('a', '1')
  const [parameters, multipart, text, bytes, stream] = await Promise.all(
    [
      new URLSearchParams({ a: '1 2' }),
      form,
      '{',
      new TextEncoder().encode('bytes'),
      new Blob(['stream']).stream() as ReadableStream,
    ].map(async (body) => (await client.post('/', body)).json()),
  )
  const forms = 'application/x-www-form-urlencoded;charset=UTF-8'
  expect(parameters).toMatchObject({ type: forms, text: 'a=1+2' })
  expect(multipart).toMatchObject({
    type: expect.stringMatching(/^multipart\/form-data; boundary=/),
  })
  expect(text).toMatchObject({ type: 'text/plain;charset=UTF-8', text: '{' })
  expect(bytes).toMatchObject({ type: null, text: 'bytes' })
  expect(stream).toMatchObject({ type: null, text: 'stream' })
})

test('cookies are sent back, and a cookie header of the test replaces them for one request', async () => {
  const app: Fetchable = {
    fetch: ({ headers }) =>
      new Response(headers.get('cookie'), { headers: { 'set-cookie': 'a=1; Path=/; Secure' } }),
  }
  const client = testClient(app)
  expect(await (await client.get('/')).text()).toBe('')
  expect(client.cookies.get('a')?.value).toBe('1')
  expect(await (await client.get('/')).text()).toBe('a=1')
  expect(await (await client.get('/', { headers: { cookie: 'a=2' } })).text()).toBe('a=2')
  expect(await (await client.get('/')).text()).toBe('a=1')
})

test('two clients of one application are two visitors', async () => {
  const app: Fetchable = { fetch: () => new Response(null, { headers: { 'set-cookie': 'a=1' } }) }
  const [one, other] = [testClient(app), testClient(app)]
  await one.get('/')
  expect(one.cookies.has('a')).toBe(true)
  expect(other.cookies.has('a')).toBe(false)
})

test('cookies expire by the clock of the client', async () => {
  let now = 0
  const app: Fetchable = {
    fetch: () => new Response(null, { headers: { 'set-cookie': 'a=1; Max-Age=60' } }),
  }
  const client = testClient(app, { clock: () => now })
  await client.get('/')
  now = 60_000
  expect(client.cookies.has('a')).toBe(false)
})

test.each([
  [{}, 'an object'],
  [undefined, 'undefined'],
  [route.get('/', () => 'x'), 'an object of Route'],
])('a client of %o is refused where it is made', (given, told) => {
  expect(() => testClient(given as unknown as Fetchable)).toThrow(
    new TypeError(
      `testClient() needs the application, or an object with fetch(request), not ${told}: testClient(app).`,
    ),
  )
})

test('json() reads the response, and throws the status and the text when it is not 2xx', async () => {
  const app: Fetchable = { fetch: () => Response.json({ detail: 'gone' }, { status: 410 }) }
  expect(await testClient(echo).json('/')).toMatchObject({ method: 'GET' })
  await expect(testClient(app).json('/api/cart')).rejects.toThrow(
    new Error('GET /api/cart answered 410: {"detail":"gone"}'),
  )
})

test('a redirect is followed only with the option `follow`', async () => {
  const client = testClient(countdown(303))
  expect((await client.post('/1')).status).toBe(303)
  expect((await client.post('/1', undefined, { follow: true })).status).toBe(200)
})

test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [301, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
])('a %d after a %s is followed with a %s, as browsers do', async (status, method, next) => {
  const seen: string[] = []
  const { fetch } = countdown(status)
  const app: Fetchable = { fetch: (request) => (seen.push(request.method), fetch(request)) }
  await testClient(app).send(method, '/1', undefined, { follow: true })
  expect(seen).toEqual([method, next])
})

test('a 307 sends its body again, and a 303 does not', async () => {
  const follow = true
  const again = await testClient(countdown(307)).post('/2', { a: 1 }, { follow })
  expect(await again.json()).toMatchObject({ method: 'POST', text: '{"a":1}' })
  const once = await testClient(countdown(303)).post('/2', { a: 1 }, { follow })
  expect(await once.json()).toMatchObject({ method: 'GET', text: '' })
})

test('cookies that a redirect sets are kept', async () => {
  const app: Fetchable = {
    fetch({ url, headers }) {
      if (url.endsWith('/')) return new Response(headers.get('cookie'))
      return new Response(null, { status: 303, headers: { location: '/', 'set-cookie': 'a=1' } })
    },
  }
  const response = await testClient(app).post('/login', undefined, { follow: true })
  expect(await response.text()).toBe('a=1')
})

test('endless redirects are an error', async () => {
  const app: Fetchable = {
    fetch: () => new Response(null, { status: 302, headers: { location: '/' } }),
  }
  await expect(testClient(app).get('/', { follow: true })).rejects.toThrow(
    new Error('GET / was redirected more than 20 times.'),
  )
})

test('a redirect to another origin is an error', async () => {
  const headers = { location: 'https://evil.test/' }
  const app: Fetchable = { fetch: () => new Response(null, { status: 302, headers }) }
  await expect(testClient(app).get('/', { follow: true })).rejects.toThrow(
    new Error('https://evil.test/ is not part of the application at https://shop.test.'),
  )
})

test('a signal given by the test reaches the application', async () => {
  const controller = new AbortController()
  const app: Fetchable = {
    fetch: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('left')))),
  }
  const answer = testClient(app).get('/', { signal: controller.signal })
  controller.abort()
  await expect(answer).rejects.toThrow(new Error('left'))
})

test('a form is sent as a page sends it, with files as multipart [D7]', async () => {
  const app: Fetchable = {
    fetch: async (request) => {
      // oxlint-disable-next-line typescript/no-deprecated -- reads what the client sent, in a test
      const form = await request.formData()
      const parts = [...form].map(async ([name, part]) => [
        name,
        part instanceof File ? [part.name, part.type, await part.text()] : part,
      ])
      const type = request.headers.get('content-type')?.split(';')[0]
      return Response.json({ type, parts: await Promise.all(parts) })
    },
  }
  const client = testClient(app)
  const form = { name: 'Ada & Bob', age: 36, isMember: true, tag: ['a', 'b'], gone: undefined }
  const parts = [
    ['name', 'Ada & Bob'],
    ['age', '36'],
    ['isMember', 'true'],
    ['tag', 'a'],
    ['tag', 'b'],
  ]
  expect(await (await client.post('/', { form })).json()).toEqual({
    type: 'application/x-www-form-urlencoded',
    parts,
  })
  const photo = new File(['pixels'], 'a.png', { type: 'image/png' })
  expect(await (await client.put('/', { form, files: { photo } })).json()).toEqual({
    type: 'multipart/form-data',
    parts: [...parts, ['photo', ['a.png', 'image/png', 'pixels']]],
  })
  const both = { photos: [photo, new Blob(['text'])] }
  const sent = (await (await client.post('/', { files: both })).json()) as { parts: unknown[] }
  expect(sent.parts).toHaveLength(2)
})

test('a query is added to that of the path [D7]', async () => {
  const client = testClient(echo)
  const query = { q: 'tea & cake', page: 2, tag: ['a', 'b'], gone: undefined }
  expect(await client.json('/search?sort=name', { query })).toMatchObject({
    url: 'https://shop.test/search?sort=name&q=tea+%26+cake&page=2&tag=a&tag=b',
  })
})

test('default headers are sent with every request, and those of a request win [D7]', async () => {
  const app: Fetchable = { fetch: ({ headers }) => Response.json(Object.fromEntries(headers)) }
  const client = testClient(app, { headers: { 'accept-language': 'de', 'x-a': '1' } })
  const first = await client.json('/', { headers: { 'X-A': '2' } })
  expect(first).toMatchObject({ 'accept-language': 'de', 'x-a': '2' })
  expect(await client.json('/')).toMatchObject({ 'accept-language': 'de', 'x-a': '1' })
})

// oxlint-disable-next-line typescript/no-explicit-any -- as JavaScript may give it
const unchecked = (value: unknown): any => value

test.each([
  [
    'a misspelt option',
    () => testClient(echo).get('/', unchecked({ header: {} })),
    'testClient, GET /: header is not an option. Did you mean headers?',
  ],
  [
    'a form among the options',
    () => testClient(echo).post('/a', undefined, unchecked({ form: {} })),
    'testClient, POST /a: form is not an option. The options are: headers, query, follow, signal.',
  ],
  [
    'a query as text',
    () => testClient(echo).get('/', unchecked({ query: 'a=1' })),
    'testClient, GET /: query must be an object of names and values, not "a=1".',
  ],
  [
    'options in the place of the body',
    () => testClient(echo).post('/', unchecked({ form: {}, headers: {} })),
    'testClient: a body with form or files takes nothing else, and headers is there. Options follow the body: client.post(path, { form }, { query }). For JSON with such a name give its text and a content-type.',
  ],
  [
    'an origin without a scheme',
    async () => testClient(echo, { origin: 'shop.test' }),
    'testClient: origin must be an http or https address, not "shop.test".',
  ],
  [
    'a misspelt option of the client',
    async () => testClient(echo, unchecked({ orign: 'https://a.test' })),
    'testClient: orign is not an option. Did you mean origin?',
  ],
  [
    'a clock that is no function',
    async () => testClient(echo, unchecked({ clock: 1 })),
    'testClient: clock must be a function, not 1.',
  ],
])('%s is refused by name [D7, C21]', async (_, act, message) => {
  const acting: Promise<unknown> = (async () => act())()
  await expect(acting).rejects.toThrow(expect.objectContaining({ message }))
})
