import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { createApp } from './responses.js'
import { app } from './uploads.js'

const get = async (path: string, method = 'GET', upstream = '') =>
  createApp(upstream).fetch(new Request(`http://localhost${path}`, { method }))

const post = async (path: string, body: FormData | URLSearchParams) =>
  app.fetch(new Request(`http://localhost${path}`, { method: 'POST', body }))

test('values become responses', async () => {
  expect(await (await get('/text')).text()).toBe('grüezi')
  expect(await (await get('/todos')).json()).toEqual([{ title: 'Buy tea', done: false }])
  expect((await get('/nothing')).status).toBe(204)
  const redirect = await get('/search', 'POST')
  expect(redirect.headers.get('location')).toBe('/p/%E6%9D%B1%E4%BA%AC?q=%C3%BC')
})

test('what another server responds is handed on unpacked', async () => {
  const upstream = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('picture'))
  })
  onTestFinished(() => void upstream.close())
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  const response = await get('/picture', 'GET', `http://127.0.0.1:${port}`)
  expect([response.headers.get('content-encoding'), await response.text()]).toEqual([
    null,
    'picture',
  ])
  upstream.closeAllConnections()
})

test('a stream that fails before its first byte is an error like any other', async () => {
  expect((await get('/report')).status).toBe(404)
  expect(await (await get('/events')).text()).toBe('data: a first event\n\n')
})

test('a file comes back as an attachment', async () => {
  const form = new FormData()
  form.set('picture', new File(['<svg>'], 'me.svg', { type: 'image/svg+xml' }))
  const { headers } = await post('/avatar', form)
  expect(headers.get('content-type')).toBe('application/octet-stream')
  expect(headers.get('content-disposition')).toBe('attachment; filename="me.svg"')
})

test('fields are an object, and a large file is a stream', async () => {
  const tags = new URLSearchParams([
    ['tag', 'a'],
    ['tag', 'b'],
  ])
  expect(await (await post('/tags', tags)).json()).toEqual({ tag: ['a', 'b'] })
  const form = new FormData()
  form.set('title', 'Holiday')
  form.set('video', new File(['x'.repeat(3_000_000)], 'v.mp4'))
  const hash = createHash('sha256').update('x'.repeat(3_000_000)).digest('hex')
  expect(await (await post('/video', form)).text()).toBe(hash)
})
