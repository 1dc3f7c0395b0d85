import express, { type Express } from 'express'
import { MemoryStore, type Store } from 'express-session'
import type { AddressInfo } from 'node:net'
import { expressSession, inMysql, inPostgres, inSqlite } from '../express-stores.js'
import { kept, keptIn } from '../kept.js'
import { GREETING, held, LIFE, type System } from '../system.js'

export const system: System = {
  hello: () => listening(withHello(express())),
  waiting: () => {
    const app = withHello(express())
    app.get('/wait', async (_request, response) => {
      response.type('text').send(await held())
    })
    return listening(app)
  },
  redis: async (url) => {
    const { RedisStore } = await import('connect-redis')
    const { createClient } = await import('redis')
    const client = createClient({ url })
    await client.connect()
    return listening(withSessions(new RedisStore({ client, ttl: LIFE })))
  },
  memory: () => listening(withSessions(new MemoryStore())),
  inExpress: () => listening(withSessions(new MemoryStore())),
  postgres: async (url) => listening(withSessions(await inPostgres(url))),
  sqlite: async (path) => listening(withSessions(await inSqlite(path))),
  mysql: async (url) => listening(withSessions(await inMysql(url))),
}

function withSessions(store: Store): Express {
  const app = express()
  app.use(expressSession(store))
  app.get('/read', (request, response) => {
    response.type('text').send(`${request.session.count ?? 0}`)
  })
  app.get('/kept', ({ session: data }, response) => {
    response.type('text').send(`${keptIn((key) => data[key as 'count'])}`)
  })
  app.post('/count', (request, response) => {
    const count = (request.session.count ?? 0) + 1
    if (count === 1) Object.assign(request.session, kept)
    request.session.count = count
    response.type('text').send(`${count}`)
  })
  return withHello(app)
}

function withHello(app: Express): Express {
  return app.get('/', (_request, response) => {
    response.type('text').send(GREETING)
  })
}

export function listening(app: Express): Promise<number> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
