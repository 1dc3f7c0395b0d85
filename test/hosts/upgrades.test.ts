import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import crossws from 'crossws/adapters/node'
import { Server } from 'socket.io'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { enterUpgrade } from '../../src/adapters/node.js'
import { HttpError, route, Session, SessionEnd, SessionView } from '../../src/index.js'
import { cookieOf } from './host-suite.js'
import { openShop, urlOf } from './open-shop.js'

const routes = [
  route.post('/login', [Session], (session) => session.bind('ada')),
  route.post('/logout', [Session], (session) => session.destroy()),
]

/** A visitor who has logged in by a request to the application itself. */
function visitorOf({ app }: ReturnType<typeof openShop>) {
  const post = async (path: string, cookie = ''): Promise<Response> =>
    app.fetch(new Request(`http://localhost${path}`, { method: 'POST', headers: { cookie } }))
  return {
    login: async () => cookieOf(await post('/login')),
    logout: (cookie: string) => post('/logout', cookie),
  }
}

/** The status that refused it, or its messages. */
async function opened(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(url, { headers })
  return new Promise((resolve) => {
    socket.once('open', () => {
      onTestFinished(() => socket.terminate())
      resolve(socket)
    })
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
  })
}

test('socket.io asks who the visitor is in allowRequest, and ends with their session', async () => {
  const shop = openShop(routes)
  const ends = new WeakMap<IncomingMessage, SessionEnd>()
  const identify = async (req: IncomingMessage): Promise<void> => {
    const scope = enterUpgrade(shop.app, req, req.socket)
    const session = await scope.get(SessionView)
    if (session.userId === undefined) throw new HttpError(401)
    ends.set(req, await scope.get(SessionEnd))
    await scope.leave({ status: 101 })
  }
  const server = createServer()
  const io = new Server(server, {
    transports: ['websocket'],
    allowRequest: (req, decide) => {
      identify(req).then(
        () => decide(null, true),
        (error: Error) => decide(error.message, false),
      )
    },
  })
  onTestFinished(() => void io.engine.close())
  io.on('connection', (socket) => {
    const { signal } = ends.get(socket.request)!
    signal.addEventListener('abort', () => socket.disconnect(true), { once: true })
  })
  const url = (await urlOf(server.listen(0))).replace('http', 'ws')
  const path = `${url}/socket.io/?EIO=4&transport=websocket`
  // Engine.IO has no other status for it.
  expect(await opened(path, {})).toBe(400)
  const { login, logout } = visitorOf(shop)
  const cookie = await login()
  expect(await opened(path, { cookie, origin: 'https://evil.test' })).toBe(400)

  const socket = (await opened(path, { cookie })) as WebSocket
  const connected = new Promise<void>((resolve) => {
    socket.on('message', (text) => {
      if (String(text).startsWith('40')) resolve()
    })
  })
  socket.send('40')
  await connected
  const closed = once(socket, 'close')
  await logout(cookie)
  await closed
})

test('crossws asks who the visitor is in its hook upgrade, and ends with their session', async () => {
  const shop = openShop(routes)
  const sockets = crossws({
    hooks: {
      async upgrade(request) {
        try {
          const scope = shop.app.enter(request)
          const session = await scope.get(SessionView)
          const { signal } = await scope.get(SessionEnd)
          await scope.leave({ status: 101 })
          if (session.userId !== undefined)
            return { context: { scope, signal, name: session.userId } }
          scope.done()
          return new Response(null, { status: 401 })
        } catch (error) {
          return new Response(null, { status: error instanceof HttpError ? error.status : 500 })
        }
      },
      open(peer) {
        const { signal, name } = peer.context as unknown as { signal: AbortSignal; name: string }
        signal.addEventListener('abort', () => peer.close(4401, 'The session has ended'))
        peer.send(`Hello ${name}`)
      },
      close(peer) {
        const { scope } = peer.context as unknown as { scope: { done(): void } }
        scope.done()
      },
    },
  })
  const server = createServer()
  server.on('upgrade', (req, socket, head) => void sockets.handleUpgrade(req, socket, head))
  const url = (await urlOf(server.listen(0))).replace('http', 'ws')
  expect(await opened(url, {})).toBe(401)
  const { login, logout } = visitorOf(shop)
  const cookie = await login()
  expect(await opened(url, { cookie, origin: 'https://evil.test' })).toBe(403)

  const socket = (await opened(url, { cookie })) as WebSocket
  const closed = once(socket, 'close')
  await logout(cookie)
  expect((await closed).map(String)).toEqual(['4401', 'The session has ended'])
})
