import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ClientAddress, type App } from 'ingot'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createApp as accessLogged } from './access-log.js'
import { createApp as compressed } from './compression.js'
import { createApp as limited, RateLimit } from './rate-limit.js'
import { createApp as numbered } from './request-id.js'
import { createApp as withFiles } from './static-files.js'

/** The application as a client at an address sees it. */
function clientAt(app: App, ip: string) {
  const copy = app.with([[ClientAddress, new ClientAddress(ip)]])
  return () => copy.fetch(new Request('https://shop.test/login', { method: 'POST' }))
}

test('a client that comes too often has to wait, and others have not', async () => {
  let now = 0
  const app = limited(new RateLimit(2, 60, () => now))
  const [one, other] = [clientAt(app, '192.0.2.1'), clientAt(app, '192.0.2.2')]
  expect([(await one()).status, (await one()).status]).toEqual([200, 200])
  now = 20_000
  const refused = await one()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40'])
  expect((await other()).status).toBe(200)
  now = 60_000
  expect((await one()).status).toBe(200)
})

test.each([
  ['2001:db8::1', '2001:db8::2', 429],
  ['2001:db8:0:0:1::1', '2001:db8::ffff', 429],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', 200],
])('all addresses of one household count as one: %s and %s', async (one, other, status) => {
  const app = limited(new RateLimit(1, 60, () => 0))
  expect((await clientAt(app, one)()).status).toBe(200)
  expect((await clientAt(app, other)()).status).toBe(status)
})

test('what a limit knows of clients is forgotten when their time is over', () => {
  let now = 0
  const limit = new RateLimit(1, 60, () => now)
  expect([limit.count('a'), limit.count('a'), limit.count('b')]).toEqual([0, 60, 0])
  now = 59_999
  expect(limit.count('a')).toBe(1)
  now = 60_000
  expect([limit.count('c'), limit.count('a')]).toEqual([0, 0])
})

test('the log, the visitor and the service behind have one id', async () => {
  const lines: object[] = []
  const asked: (string | null)[] = []
  const app = numbered({
    write: (line) => lines.push(line),
    call: async (request) => {
      asked.push(request.headers.get('x-request-id'))
      return Response.json({ tea: 4 })
    },
  })
  const prices = await testClient(app).get('/prices')
  const id = prices.headers.get('x-request-id')
  expect(await prices.json()).toEqual({ tea: 4 })
  expect(asked).toEqual([id])
  await expect.poll(() => lines).toMatchObject([{ route: 'GET /prices', requestId: id }])

  const broken = await testClient(app).get('/broken')
  expect(broken.status).toBe(500)
  expect(lines[1]).toEqual({
    requestId: broken.headers.get('x-request-id'),
    error: 'Error: No prices today',
  })
  expect(broken.headers.get('x-request-id')).not.toBe(id)
})

test('each request is a line, those of the balancer are none, and errors are warnings', async () => {
  const lines: string[] = []
  const client = testClient(accessLogged((line) => lines.push(line)))
  for (const path of ['/health', '/cart/cup?secret=1', '/broken'])
    await (await client.get(path)).text()
  await expect.poll(() => lines.length).toBe(2)
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 'info', method: 'GET', path: '/cart/cup', route: 'GET /cart/:sku', status: 200 },
    { level: 'warn', route: 'GET /broken', status: 500 },
  ])
  expect(lines.join()).not.toContain('secret')
})

test('files are sent with their type, and once only while they stay the same', async () => {
  const folder = folderWith({
    'style.css': 'b {}',
    'pages/help.html': '<p>Help',
    '.env': 'SECRET=1',
  })
  const client = testClient(withFiles(folder))
  const style = await client.get('/assets/style.css')
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8')
  expect(await style.text()).toBe('b {}')
  const etag = style.headers.get('etag')!
  const again = await client.get('/assets/style.css', { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  const changed = await client.get('/assets/style.css', { headers: { 'if-none-match': '"other"' } })
  expect(changed.status).toBe(200)
  expect(await (await client.get('/assets/pages/help.html')).text()).toBe('<p>Help')
})

test('what is no file of the folder is a 404, and another method a 405', async () => {
  const folder = folderWith({ 'style.css': 'b {}', '.env': 'SECRET=1' })
  writeFileSync(join(folder, '../beside.txt'), 'a file beside the folder')
  const app = withFiles(folder)
  const status = async (path: string, method = 'GET') =>
    (await app.fetch(new Request(`https://shop.test${path}`, { method }))).status
  expect(await status('/assets/.env')).toBe(404)
  expect(await status('/assets/..%2fbeside.txt')).not.toBe(200)
  expect(await status('/assets/style.css', 'DELETE')).toBe(405)
  expect(await status('/assets/style.css', 'HEAD')).toBe(200)
})

test('a long text is packed for who takes it, and nothing else is', async () => {
  const client = testClient(compressed())
  const get = (path: string, encodings: string) =>
    client.get(path, { headers: { 'accept-encoding': encodings } })
  const packed = await get('/long', 'br, gzip')
  expect(packed.headers.get('content-encoding')).toBe('gzip')
  expect(packed.headers.get('vary')).toBe('Accept-Encoding')
  const bytes = Buffer.from(await packed.arrayBuffer())
  expect(bytes.length).toBeLessThan(1000)
  expect(gunzipSync(bytes).toString()).toBe('tea, '.repeat(2000))
  for (const [path, encodings] of [
    ['/long', 'br'],
    ['/long', 'gzip;q=0'],
    ['/bytes', 'gzip'],
  ] as const)
    expect((await get(path, encodings)).headers.has('content-encoding'), path + encodings).toBe(
      false,
    )
  expect((await get('/long', 'br')).headers.get('vary')).toBe('Accept-Encoding')
  expect((await get('/tagged', 'gzip')).headers.get('etag')).toBe('W/"1"')
})

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-files-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'files', path, '..'), { recursive: true })
    writeFileSync(join(folder, 'files', path), text)
  }
  return join(folder, 'files')
}
