import Koa from 'koa'
import session from 'koa-session'
import type { AddressInfo } from 'node:net'
import { kept, keptIn } from '../kept.js'
import { GREETING, held, LIFE, SECRET, type System } from '../system.js'

export const system: System = {
  hello: () => listening(new Koa()),
  waiting: () => {
    const app = new Koa()
    app.use(async (context, next) => {
      if (context.path === '/wait') context.body = await held()
      else await next()
    })
    return listening(app)
  },
  signed: () => listening(withSessions({ maxAge: LIFE * 1000 })),
  redis: async (url) => {
    const { Redis } = await import('ioredis')
    const redis = new Redis(url)
    const store = {
      get: async (key: string) => {
        const text = await redis.get(`koa:${key}`)
        return text === null ? undefined : (JSON.parse(text) as object)
      },
      set: async (key: string, data: object) => {
        await redis.set(`koa:${key}`, JSON.stringify(data), 'EX', LIFE)
      },
      destroy: async (key: string) => {
        await redis.del(`koa:${key}`)
      },
    }
    return listening(withSessions({ maxAge: 'session', store }))
  },
}

function withSessions(options: object): Koa {
  const app = new Koa()
  app.keys = [SECRET]
  app.use(session({ ...options, httpOnly: true, sameSite: 'lax' }, app))
  return app
}

function listening(app: Koa): Promise<number> {
  app.use((context) => {
    context.type = 'text/plain'
    if (context.path === '/') {
      context.body = GREETING
      return
    }
    const data = context.session as { count?: number; [key: string]: unknown }
    if (context.path === '/kept') {
      context.body = `${keptIn((key) => data[key])}`
      return
    }
    if (context.path === '/count') {
      const count = (data.count ?? 0) + 1
      if (count === 1) Object.assign(data, kept)
      data.count = count
    }
    context.body = `${data.count ?? 0}`
  })
  return new Promise((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
