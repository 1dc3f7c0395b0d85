import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SessionData, Store } from 'express-session'
import { expressSession, inMysql, inPostgres, inSqlite } from '../express-stores.js'
import { kept, keptIn } from '../kept.js'
import { send } from '../limit/message.js'
import { GREETING, type System } from '../system.js'

/** express-session without Express: what its stores cost, and no framework. */
export const system: System = {
  postgres: async (url) => listening(await inPostgres(url)),
  sqlite: async (path) => listening(await inSqlite(path)),
  mysql: async (url) => listening(await inMysql(url)),
}

function listening(store: Store): Promise<number> {
  const withSession = expressSession(store)
  const listener: RequestListener = (request, response) => {
    if (request.url === '/') return send(response, GREETING)
    withSession(request as never, response as never, (error?: unknown) => {
      // A store that fails after the response has gone is told as well, and that must not end the process.
      if (!error) send(response, answer(request as never))
      else if (!response.headersSent) response.writeHead(503).end()
    })
  }
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function answer({ url, session }: IncomingMessage & { session: SessionData }): string {
  if (url === '/kept') return `${keptIn((key) => session[key as 'count'])}`
  if (url === '/read') return `${session.count ?? 0}`
  const count = (session.count ?? 0) + 1
  if (count === 1) Object.assign(session, kept)
  session.count = count
  return `${count}`
}
