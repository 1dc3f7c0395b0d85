import { once } from 'node:events'
import { afterAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { app, server } from './sockets.js'

afterAll(() => app.close())

async function login(): Promise<string> {
  const response = await fetch(`${server.url}/login`, { method: 'POST' })
  return response.headers.getSetCookie()[0]!.split(';', 1)[0]!
}

const logout = (cookie: string) =>
  fetch(`${server.url}/logout`, { method: 'POST', headers: { cookie } })

/** What came of it: the first message, or the status that refused it. */
async function open(headers: Record<string, string>): Promise<WebSocket | number | undefined> {
  const socket = new WebSocket(server.url.replace('http', 'ws'), { headers })
  return new Promise((resolve) => {
    socket.once('message', (text) => {
      expect(String(text)).toBe('Hello ada')
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
  })
}

test('a WebSocket knows its visitor, and is closed when they log out', async () => {
  const cookie = await login()
  const socket = (await open({ cookie, origin: server.url })) as WebSocket
  const closed = once(socket, 'close')
  await logout(cookie)
  expect((await closed).map(String)).toEqual(['4401', 'The session has ended'])
})

test('whoever has not logged in, and a page of another website, gets no WebSocket', async () => {
  expect(await open({})).toBe(401)
  expect(await open({ cookie: await login(), origin: 'https://evil.test' })).toBe(403)
})

test('a stream of events ends when the visitor logs out', async () => {
  const cookie = await login()
  const response = await fetch(`${server.url}/news`, { headers: { cookie } })
  const reading = response.text()
  await logout(cookie)
  expect(await reading).toBe('data: Hello ada\n\n')
})
