import { expect, test, vi } from 'vitest'

// As srvx has it on Bun, Deno and workerd, whose servers read the headers of a response past any getter.
vi.mock('srvx', async (original) => ({
  ...(await original<typeof import('srvx')>()),
  FastResponse: Response,
}))
const { App, Body, MemoryStore, route, Session, sessions } = await import('../../../src/index.js')

const app = new App({
  routes: [
    route.get('/text', [Session], (session) => {
      session.set('n', 1)
      return 'text'
    }),
    route.get('/read', () => 'read'),
  ],
  components: [sessions(new MemoryStore())],
})

const nativeHeaders = (response: Response): Headers => {
  const { get } = Object.getOwnPropertyDescriptor(Response.prototype, 'headers')!
  return get!.call(response) as Headers
}

test('where a server reads the headers itself, the cookie of a session and all other lines are among them', async () => {
  const response = await app.fetch(new Request('https://shop.test/text'))
  const headers = nativeHeaders(response)
  expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)])
  expect(headers.get('vary')).toBe('Cookie')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await response.text()).toBe('text')
})

test('those of a handler without a path, too, and of a refused request', async () => {
  const handler = app.handler([Session], (session) => {
    session.set('n', 1)
    return { n: 1 }
  })
  const made = nativeHeaders(await handler(new Request('https://shop.test/')))
  expect(made.getSetCookie()).toEqual([expect.stringMatching(/^__Host-session=/)])
  const refused = await app.fetch(new Request('https://shop.test/unknown'))
  expect(nativeHeaders(refused).get('content-type')).toBe('application/problem+json')
})

test('who opens a response sees its headers once', async () => {
  const response = await app.fetch(new Request('https://shop.test/read'))
  expect(await response.clone().text()).toBe('read')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})

test('a body over the limit is a 413, also where srvx stops it while it is read', async () => {
  const { limitBodyStream } = await import('srvx/body-limit')
  const limited = new App({
    bodyLimit: 10,
    routes: [route.post('/', [Body(String)], (text) => text)],
  })
  const send = async (text: string): Promise<Response> => {
    const body = limitBodyStream(new Blob([text]).stream(), 10)
    const headers = { 'content-type': 'text/plain' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    return limited.fetch(new Request('https://shop.test/', init as RequestInit))
  }
  expect(await (await send('1234567890')).text()).toBe('1234567890')
  const refused = await send('12345678901')
  expect(refused.status).toBe(413)
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
})

test('a body over the limit is cancelled, but not while it is being read, which ends a process with the bodies of undici', async () => {
  const limited = new App({
    bodyLimit: 10,
    routes: [route.post('/', [Body(String)], (text) => text)],
  })
  const cancelled: string[] = []
  const pulls = { begun: 0, ended: 0 }
  const body = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      pulls.begun += 1
      if (pulls.begun > 2) return new Promise(() => {})
      controller.enqueue(new Uint8Array(8))
      pulls.ended += 1
    },
    cancel: () => void cancelled.push(`${pulls.begun} begun, ${pulls.ended} ended`),
  })
  const headers = { 'content-type': 'text/plain' }
  const init = { method: 'POST', headers, body, duplex: 'half' }
  const response = await limited.fetch(new Request('https://shop.test/', init as RequestInit))
  expect(response.status).toBe(413)
  await expect.poll(() => cancelled).toEqual(['2 begun, 2 ended'])
})
