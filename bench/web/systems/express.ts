import { RedisStore } from 'connect-redis'
import express, { type Express } from 'express'
import session from 'express-session'
import type { AddressInfo } from 'node:net'
import { createClient } from 'redis'
import { GREETING, LIFE, NAME, SECRET, type System } from '../system.js'

declare module 'express-session' {
  interface SessionData {
    name: string
    count: number
  }
}

export const system: System = {
  hello: () => listening(withHello(express())),
  redis: async (url) => {
    const client = createClient({ url })
    await client.connect()
    const app = express()
    app.use(
      session({
        secret: SECRET,
        store: new RedisStore({ client, ttl: LIFE }),
        resave: false,
        saveUninitialized: false,
        cookie: { path: '/', httpOnly: true, sameSite: 'lax' },
      }),
    )
    withHello(app)
    app.get('/read', (request, response) => {
      response.type('text').send(`${request.session.count ?? 0}`)
    })
    app.post('/count', (request, response) => {
      const count = (request.session.count ?? 0) + 1
      if (count === 1) request.session.name = NAME
      request.session.count = count
      response.type('text').send(`${count}`)
    })
    return listening(app)
  },
}

function withHello(app: Express): Express {
  return app.get('/', (_request, response) => {
    response.type('text').send(GREETING)
  })
}

function listening(app: Express): Promise<number> {
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
