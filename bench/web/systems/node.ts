import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cookieApp } from '../limit/cookie-app.js'
import { send } from '../limit/message.js'
import { inMysql, inPostgres, inSqlite } from '../limit/databases.js'
import { encrypted, signed } from '../limit/sealing.js'
import { serverApp, type Keep } from '../limit/server-app.js'
import { GREETING, held, type System } from '../system.js'

/** The limit: written by hand on `node:http`, with no abstraction and the same promises to the browser. */
export const system: System = {
  hello: () => listening((_request, response) => send(response, GREETING)),
  waiting: () => listening(waitingApp),
  sealed: () => listening(cookieApp(encrypted)),
  signed: () => listening(cookieApp(signed)),
  redis: async (url) => listening(serverApp(await inRedis(url))),
  memory: () => listening(serverApp(inMap(new Map()))),
  postgres: async (url) => listening(serverApp(await inPostgres(url))),
  sqlite: async (path) => listening(serverApp(await inSqlite(path))),
  mysql: async (url) => listening(serverApp(await inMysql(url))),
}

const waitingApp: RequestListener = (request, response) => {
  if (request.url === '/') send(response, GREETING)
  else void held().then((text) => send(response, text))
}

async function inRedis(url: string): Promise<Keep> {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url)
  return {
    get: (key) => redis.get(key),
    create: (key, text, seconds) => redis.set(key, text, 'EX', seconds),
    replace: (key, text, seconds) => redis.set(key, text, 'EX', seconds, 'XX'),
  }
}

/** The text says when a session is over. */
function inMap(map: Map<string, string>): Keep {
  return {
    get: async (key) => map.get(key) ?? null,
    create: async (key, text) => map.set(key, text),
    replace: async (key, text) => map.has(key) && map.set(key, text),
  }
}

function listening(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
