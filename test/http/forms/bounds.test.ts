import { describe, expect, test } from 'vitest'
import { App, Body, Exchange, FormParts, route } from '../../../src/http/index.js'
import { csrfTokenGuard, MemoryStore, sessions } from '../../../src/sessions/index.js'
import { open, ways } from '../response/ways.js'
import { gate, serve } from '../under-fire/wire.js'

const routes = [
  route.post('/FormData', [FormData], (form) => [...form.keys()].length),
  route.post('/Body', [Body()], () => 'read'),
  route.post('/FormParts', [FormParts], async (parts) => {
    let count = 0
    for await (const part of parts) count += (await part.file()).size && 1
    return count
  }),
]

const doors = ['FormData', 'Body', 'FormParts']

/** A form with so many fields and files, each of one letter unless it says otherwise. */
function form(fields: number, files = 0, { name = 'f', text = 'x' } = {}): FormData {
  const all = new FormData()
  for (let count = 0; count < fields; count++) all.append(name, text)
  for (let count = 0; count < files; count++) all.append('file', new File([text], name))
  return all
}

const formLimits = { parts: 5, files: 2, nameLength: 10, fieldSize: 100, fileSize: 200 }

const within: [string, FormData][] = [
  ['parts', form(5)],
  ['files', form(3, 2)],
  ['names', form(1, 1, { name: 'n'.repeat(10) })],
  ['bytes of a field', form(1, 0, { text: 'x'.repeat(100) })],
  ['bytes of a file', form(0, 1, { text: 'x'.repeat(200) })],
]
const beyond: [string, FormData, string][] = [
  ['parts', form(6), 'The form may have 5 fields and files at most'],
  ['files', form(0, 3), 'The form may have 2 files at most'],
  [
    'names of fields',
    form(1, 0, { name: 'n'.repeat(11) }),
    'The form may have names of 10 characters at most',
  ],
  [
    'names of files',
    form(0, 1, { name: 'n'.repeat(11) }),
    'The form may have names of 10 characters at most',
  ],
  [
    'bytes of a field',
    form(1, 0, { text: 'x'.repeat(101) }),
    'The form may have fields of 100 bytes at most',
  ],
  [
    'bytes of a file',
    form(0, 1, { text: 'x'.repeat(201) }),
    'The form may have files of 200 bytes at most',
  ],
]

describe.each(ways)('the limits of a form, by %s', (way) => {
  test.each(within)('take what is exactly at them: %s [S15]', async (_, body) => {
    const { ask } = await open(way, { routes, formLimits })
    for (const door of doors)
      expect([door, (await ask(`/${door}`, { method: 'POST', body })).status]).toEqual([door, 200])
  })

  test.each(beyond)('reject one more with a 413: %s [S15]', async (_, body, detail) => {
    const { ask, failures } = await open(way, { routes, formLimits })
    for (const door of doors) {
      const response = await ask(`/${door}`, { method: 'POST', body })
      expect([door, response.status, await response.json()]).toMatchObject([door, 413, { detail }])
    }
    expect(failures).toEqual([])
  })

  test.each([
    ['fields', 'a=1&'.repeat(6).slice(0, -1), 'The form may have 5 fields and files at most'],
    ['empty fields', '&'.repeat(6), 'The form may have 5 fields and files at most'],
    ['names', `${'n'.repeat(11)}=1`, 'The form may have names of 10 characters at most'],
    ['bytes', `a=${'ü'.repeat(51)}`, 'The form may have fields of 100 bytes at most'],
  ])('hold for a urlencoded form: %s [S15]', async (_, body, detail) => {
    const { ask } = await open(way, { routes, formLimits })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const door of ['FormData', 'Body']) {
      const response = await ask(`/${door}`, { method: 'POST', headers, body })
      expect([response.status, await response.json()]).toMatchObject([413, { detail }])
    }
  })

  test('are 1,000 parts and 100 files by default [S15]', async () => {
    const { ask } = await open(way, { routes })
    const status = async (body: FormData) =>
      (await ask('/FormData', { method: 'POST', body })).status
    expect([await status(form(1000)), await status(form(1001))]).toEqual([200, 413])
    expect([await status(form(0, 100)), await status(form(0, 101))]).toEqual([200, 413])
  })
})

test.each([NaN, -1, 1.5])('a limit of %s limits nothing and is refused [S15]', (limit) => {
  for (const name of Object.keys(formLimits))
    expect(() => new App({ routes, formLimits: { [name]: limit } })).toThrow(
      new RangeError(`App: formLimits.${name} must be a whole number or Infinity, not ${limit}.`),
    )
  expect(() => new App({ routes, bodyMemory: limit })).toThrow(/^App: bodyMemory must be/)
  expect(() => route.post('/up', () => {}, { bodyLimit: limit })).toThrow(
    /^POST \/up: bodyLimit must be/,
  )
})

test('a limit is not raised by a polluted Object.prototype [S15] [PP-09]', async () => {
  const polluted = Object.prototype as Record<string, unknown>
  polluted['parts'] = 1e9
  try {
    const { ask } = await open('app.fetch', { routes })
    expect((await ask('/FormData', { method: 'POST', body: form(1001) })).status).toBe(413)
  } finally {
    delete polluted['parts']
  }
})

test.each(ways)(
  'a form is parsed once, for the token guard, the handler and whoever else asks: %s [S12] [S15]',
  async (way) => {
    const { ask } = await open(way, {
      components: [sessions(new MemoryStore({ name: 'sid' }))],
      middleware: [csrfTokenGuard()],
      routes: [
        route.post('/', [FormData, Exchange], async (asked, exchange) => {
          const [one, other] = [await exchange.form(), await exchange.form()]
          return asked === one && one === other
        }),
      ],
    })
    expect(await (await ask('/', { method: 'POST', body: form(3) })).json()).toBe(true)
  },
)

describe('a body larger than its route allows', () => {
  const reading: Record<string, (request: Request) => unknown> = {
    text: (request) => request.text(),
    json: (request) => request.json(),
    arrayBuffer: (request) => request.arrayBuffer(),
    blob: (request) => request.blob(),
    // oxlint-disable-next-line typescript/no-deprecated -- a door like the others
    formData: (request) => request.formData(),
    clone: (request) => request.clone().text(),
    body: async (request) => {
      for await (const chunk of request.body!) void chunk
    },
    'the body as a Response': (request) => new Response(request.body).text(),
  }
  const all = [
    route.post('/next', [Body(String)], (text) => `next: ${text}`),
    ...routes,
    route.post('/text', [Body(String)], (text) => text),
    route.post('/bytes', [Body(Uint8Array)], (bytes) => bytes),
    ...Object.entries(reading).map(([name, read]) =>
      route.post(`/Request ${name}`.replaceAll(' ', '-'), [Request], (request) =>
        Promise.resolve(read(request)).then(() => 'read'),
      ),
    ),
  ]
  const paths = all.map(({ path }) => path).filter((path) => path !== '/next')
  const types: Record<string, string> = {
    '/FormData': 'multipart/form-data; boundary=B',
    '/FormParts': 'multipart/form-data; boundary=B',
    '/Body': 'application/json',
    '/Request-formData': 'multipart/form-data; boundary=B',
  }
  const typeOf = (path: string) => `Content-Type: ${types[path] ?? 'text/plain'}`
  const HEAD = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
  const NEXT = [
    'POST /next HTTP/1.1',
    'Host: a',
    'Connection: close',
    'Content-Type: text/plain',
    'Content-Length: 2',
    '',
    'ok',
  ]

  test.each(paths)(
    'in chunks is a 413, and the next request of its connection is served: %s [B8]',
    async (path) => {
      const { open: connect, failures } = await serve({ routes: all, bodyLimit: 200_000 })
      const wire = connect()
      wire.send(
        `POST ${path} HTTP/1.1`,
        'Host: a',
        typeOf(path),
        'Transfer-Encoding: chunked',
        '',
        '',
      )
      wire.send(HEAD.length.toString(16), HEAD, '')
      for (let count = 0; count < 40; count++) wire.send('4000', 'x'.repeat(0x4000), '')
      wire.send('0', '', '')
      await wire.until(/^HTTP\/1\.1 413 Payload Too Large\r\n[^]*\}$/)
      wire.send(...NEXT)
      expect(await wire.rest()).toMatch(/HTTP\/1\.1 200 OK\r\n[^]*next: ok$/)
      expect(failures).toEqual([])
    },
  )

  test.each(paths)(
    'that says so is a 413, and the next request is served: %s [B8]',
    async (path) => {
      const { open: connect } = await serve({ routes: all, bodyLimit: 200_000 })
      const wire = connect()
      wire.send(
        `POST ${path} HTTP/1.1`,
        'Host: a',
        typeOf(path),
        'Content-Length: 300000',
        '',
        HEAD + 'x'.repeat(300_000 - HEAD.length),
      )
      await wire.until(/^HTTP\/1\.1 413 [^]*\}$/)
      wire.send(...NEXT)
      expect(await wire.rest()).toMatch(/next: ok$/)
    },
  )

  test('may be larger on one route alone [B8]', async () => {
    for (const way of ways) {
      const { ask } = await open(way, {
        bodyLimit: 10,
        routes: [
          route.post('/small', [Body(String)], (text) => text.length),
          route.post('/large', [Body(String)], (text) => text.length, { bodyLimit: 100 }),
        ],
      })
      const send = async (path: string, length: number) => {
        const headers = { 'content-type': 'text/plain' }
        return (await ask(path, { method: 'POST', headers, body: 'x'.repeat(length) })).status
      }
      expect([await send('/small', 10), await send('/small', 11)]).toEqual([200, 413])
      expect([await send('/large', 100), await send('/large', 101)]).toEqual([200, 413])
    }
  })
})

test('a handler that stops in the middle of a body ends the connection, for the rest is no request [B8]', async () => {
  const { open: connect } = await serve({
    routes: [
      route.post('/', [Request], (request) =>
        request
          .body!.getReader()
          .read()
          .then(() => 'enough'),
      ),
    ],
  })
  const wire = connect()
  wire.send('POST / HTTP/1.1', 'Host: a', 'Content-Length: 500000', '', 'x'.repeat(100_000))
  expect(await wire.rest()).toMatch(/Connection: close\r\n[^]*enough$/i)
})

describe('the bodies of all requests together', () => {
  const large = 'x'.repeat(100_000)
  const length = [route.post('/', [Body(String)], (text) => text.length)]
  const options = { routes: length, bodyMemory: 1_000_000, bodyLimit: 200_000 }

  test('are bounded: the one that takes longest is a 503, and new ones are served [S15]', async () => {
    const { open: connect, failures, server } = await serve(options)
    const begin = [
      'POST / HTTP/1.1',
      'Host: a',
      'Content-Type: text/plain',
      'Content-Length: 200000',
      '',
    ]
    const slow = Array.from({ length: 20 }, () => connect())
    for (const wire of slow) wire.send(...begin, large)
    const early = await Promise.race(slow.map(async (wire) => wire.until(/\}$/)))
    expect(early).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(early).toMatch(/retry-after: 1\r\n/i)
    expect(early).toMatch(/"code":"BODIES"/)
    const response = await fetch(server.url, { method: 'POST', body: large })
    expect(await response.text()).toBe('100000')
    expect(failures.length).toBeGreaterThanOrEqual(10)
    expect(failures.length).toBeLessThan(20)
    for (const wire of slow) wire.leave()
  })

  test('are bounded through app.fetch as well, and what has arrived makes room [S15]', async () => {
    const { ask } = await open('app.fetch', options)
    const arrived = gate()
    const waiting = Array.from({ length: 15 }, async () => {
      let isFirst = true
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (isFirst) controller.enqueue(Buffer.from(large))
          else {
            await arrived.opened
            controller.close()
          }
          isFirst = false
        },
      })
      const headers = { 'content-type': 'text/plain' }
      return (await ask('/', { method: 'POST', headers, body, duplex: 'half' })).status
    })
    const oldest = await Promise.all(waiting.slice(0, 6))
    arrived.open()
    const statuses = await Promise.all(waiting)
    expect(new Set(oldest)).toEqual(new Set([503]))
    expect(statuses.filter((status) => status === 503)).toHaveLength(6)
    expect(statuses.slice(6)).toEqual(Array.from({ length: 9 }, () => 200))
    const headers = { 'content-type': 'text/plain' }
    for (let count = 0; count < 20; count++)
      expect((await ask('/', { method: 'POST', headers, body: large })).status).toBe(200)
  })

  test('count what small chunks cost, and let one alone have its limit [S15]', async () => {
    const { ask } = await open('app.fetch', { ...options, bodyMemory: 10_000 })
    const send = async (pieces: number, size: number) => {
      const body = ReadableStream.from(
        Array.from({ length: pieces }, () => Buffer.alloc(size, 'x')),
      )
      const headers = { 'content-type': 'text/plain' }
      return (await ask('/', { method: 'POST', headers, body, duplex: 'half' })).status
    }
    expect(await send(1, 200_000)).toBe(200)
    expect(await send(50_000, 1)).toBe(503)
  })

  test('are no longer counted when their client has left [S15]', async () => {
    const { open: connect, server, failures } = await serve(options)
    for (let round = 0; round < 3; round++) {
      const gone = Array.from({ length: 8 }, () => connect())
      for (const wire of gone)
        wire.send(
          'POST / HTTP/1.1',
          'Host: a',
          'Content-Type: text/plain',
          'Content-Length: 200000',
          '',
          large,
        )
      const probe = await fetch(server.url, { method: 'POST', body: 'x' })
      expect(await probe.text()).toBe('1')
      for (const wire of gone) wire.leave()
      await Promise.all(gone.map((wire) => wire.rest()))
    }
    expect(failures).toEqual([])
  })
})
