import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  App,
  HttpError,
  MemoryStore,
  route,
  Session,
  SessionEnd,
  sessions,
  SessionView,
} from 'ingot'
import { enterUpgrade } from 'ingot/node'
import { WebSocketServer } from 'ws'

// #region events
/** A stream of events that ends with the session. */
const news = route.get('/news', [SessionView, SessionEnd], (session, { signal }) => {
  const hello = new TextEncoder().encode(`data: Hello ${session.userId}\n\n`)
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(hello)
      signal.addEventListener('abort', () => controller.close(), { once: true })
    },
  })
  return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
})
// #endregion

export const app = new App({
  routes: [
    news,
    route.post('/login', [Session], (session) => session.bind('ada')),
    route.post('/logout', [Session], (session) => session.destroy()),
  ],
  components: [sessions(new MemoryStore())],
})

// #region sockets
export const server = await app.listen(0)
const sockets = new WebSocketServer({ noServer: true })
/** What the head of each response needs. */
const cookies = new WeakMap<IncomingMessage, string[]>()
sockets.on('headers', (head, req) => head.push(...(cookies.get(req) ?? [])))

server.node?.on('upgrade', (req, socket, head) => {
  upgrade(req, socket, head).catch((error: unknown) => {
    const status = error instanceof HttpError ? error.status : 500
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`)
  })
})

async function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const scope = enterUpgrade(app, req, socket)
  const session = await scope.get(SessionView)
  const { signal } = await scope.get(SessionEnd)
  if (session.userId === undefined) throw new HttpError(401)
  const lines = await scope.leave({ status: 101 })
  cookies.set(
    req,
    lines.map(([name, content]) => `${name}: ${content}`),
  )
  sockets.handleUpgrade(req, socket, head, (client) => {
    signal.addEventListener('abort', () => client.close(4401, 'The session has ended'))
    client.send(`Hello ${session.userId}`)
  })
}
// #endregion
