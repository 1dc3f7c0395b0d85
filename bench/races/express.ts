import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RedisStore } from 'connect-redis'
import session from 'express-session'
import { createClient } from 'redis'
import { gates, type System } from './system.js'

type Data = Record<string, unknown> & { destroy(done: (error?: unknown) => void): void }

/** express-session with connect-redis, with the options that both recommend. */
export const express: System = {
  name: 'express-session',
  async start(redisUrl) {
    const client = await createClient({ url: redisUrl }).connect()
    const withSession = session({
      store: new RedisStore({ client }),
      secret: 'races',
      resave: false,
      saveUninitialized: false,
    })
    const server = createServer((request, response) => {
      withSession(request, response, (error) => {
        void (error ? fail(response) : answer(request, response).catch(() => fail(response)))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const close = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await client.close()
    }
    return { url: `http://127.0.0.1:${port}/`, close }
  },
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const { session: data } = request as IncomingMessage & { session: Data }
  const [, action = '', argument = ''] = url.pathname.split('/')
  await gates.pass(url)
  switch (action) {
    case 'begin':
      Object.assign(data, { user: 'ada', n: 0 })
      break
    case 'set':
      data[argument] = argument
      break
    case 'update':
      data['n'] = Number(data['n']) + 1
      break
    case 'write':
      data['n'] = Number(argument)
      return redirect(response)
    case 'logout':
      await new Promise((resolve) => data.destroy(resolve))
      break
    default: {
      const { cookie: _, ...shown } = data
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(shown))
      return
    }
  }
  response.statusCode = 204
  response.end()
}

/** What `res.redirect(303, '/')` of Express sends. */
function redirect(response: ServerResponse): void {
  const text = 'See Other. Redirecting to /'
  response.statusCode = 303
  response.setHeader('location', '/')
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}

function fail(response: ServerResponse): void {
  response.statusCode = 500
  response.end()
}
