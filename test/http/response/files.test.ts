import { describe, expect, test } from 'vitest'
import { Reply, route } from '../../../src/http/index.js'
import { open, ways } from './ways.js'

const running = [
  'text/html',
  'text/HTML; charset=utf-8',
  'image/svg+xml',
  'application/xhtml+xml',
  'text/xml',
  'text/javascript',
  'application/javascript',
  'text/css',
  'text/html;image/png',
  'text/html\u00a0',
  '',
]
const harmless = ['image/png', 'video/mp4', 'audio/ogg', 'application/pdf', 'text/plain']

describe.each(ways)('a returned File, by %s', (way) => {
  test('never runs: an attachment of a neutral type, and the browser looks for no other [S9]', async () => {
    const { ask } = await open(way, {
      routes: running.map((type, index) =>
        route.get(`/${index}`, () => new File(['<script>'], 'page.html', { type })),
      ),
    })
    for (const [index, type] of running.entries()) {
      const { headers } = await ask(`/${index}`)
      expect([type, headers.get('content-type')]).toEqual([type, 'application/octet-stream'])
      expect(headers.get('content-disposition')).toBe('attachment; filename="page.html"')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('keeps a type that no browser runs, and its length [S9]', async () => {
    const { ask } = await open(way, {
      routes: harmless.map((type, index) =>
        route.get(`/${index}`, () => new File(['12345'], 'a', { type })),
      ),
    })
    for (const [index, type] of harmless.entries()) {
      const response = await ask(`/${index}`)
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('content-disposition')).toMatch(/^attachment/)
      expect([response.headers.get('content-length'), await response.text()]).toEqual([
        '5',
        '12345',
      ])
    }
  })

  test.each([
    [
      'résumé "1".pdf',
      `attachment; filename="r_sum_ _1_.pdf"; filename*=UTF-8''r%C3%A9sum%C3%A9%20%221%22.pdf`,
    ],
    ['../../etc/passwd', 'attachment; filename="passwd"'],
    ['C:\\secret\\a.txt', 'attachment; filename="a.txt"'],
    [
      'a\r\nset-cookie: b=1',
      `attachment; filename="a__set-cookie: b=1"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b%3D1`,
    ],
    ["it's (1)*.txt", 'attachment; filename="it\'s (1)*.txt"'],
    ['', 'attachment'],
  ])('is named so that every client can read it: %j [S9]', async (name, header) => {
    const { ask } = await open(way, { routes: [route.get('/', () => new File(['x'], name))] })
    const { headers } = await ask('/')
    expect([headers.get('content-disposition'), headers.get('set-cookie')]).toEqual([header, null])
  })

  test('of another class is recognised by its shape [S9]', async () => {
    const own = new File(['abc'], 'a.html', { type: 'text/html' })
    const foreign = { name: own.name, type: own.type, size: own.size, stream: () => own.stream() }
    const { ask } = await open(way, { routes: [route.get('/', () => foreign)] })
    const response = await ask('/')
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(await response.text()).toBe('abc')
  })

  test('is shown in the page where the application says so [S9]', async () => {
    const { ask } = await open(way, {
      routes: [
        route.get('/', [Reply], (reply) => {
          reply.headers.set('content-disposition', 'inline')
          return new File(['x'], 'a.png', { type: 'image/png' })
        }),
      ],
    })
    const { headers } = await ask('/')
    expect([headers.get('content-disposition'), headers.get('content-type')]).toEqual([
      'inline',
      'image/png',
    ])
  })
})

test.each(ways)('a Blob has the type that the application gave it: %s [S9]', async (way) => {
  const { ask } = await open(way, {
    routes: [route.get('/', () => new Blob(['<p>'], { type: 'text/html' }))],
  })
  const { headers } = await ask('/')
  expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual([
    'text/html',
    null,
  ])
})
