import { Hono, type Context } from 'hono'
import { randomBytes } from 'node:crypto'
import { kept, keptIn } from '../kept.js'
import { GREETING, type System } from '../system.js'
import { listening } from './hono.js'

type Data = Record<string, unknown> & { count?: number }

/** The least that a session takes: the cookie is read, a `Map` asked, and caches are told. */
export const system: System = {
  inHono: () => {
    const sessions = new Map<string, Data>()
    const opened = (c: Context): Data | undefined => {
      const [, id = ''] = /(?:^|; )session=([^;]*)/.exec(c.req.header('cookie') ?? '') ?? []
      c.header('vary', 'Cookie')
      c.header('cache-control', 'no-store')
      return sessions.get(id)
    }
    const begun = (c: Context): Data => {
      const id = randomBytes(32).toString('base64url')
      const data = { ...kept }
      sessions.set(id, data)
      c.header('set-cookie', `session=${id}; Path=/; HttpOnly; SameSite=Lax`)
      return data
    }
    const app = new Hono()
    app.get('/read', (c) => c.text(`${opened(c)?.count ?? 0}`))
    app.get('/kept', (c) => {
      const data = opened(c)
      return c.text(`${keptIn((key) => data?.[key])}`)
    })
    app.post('/count', (c) => {
      const data = opened(c) ?? begun(c)
      data.count = (data.count ?? 0) + 1
      return c.text(`${data.count}`)
    })
    app.get('/', (c) => c.text(GREETING))
    return listening(app)
  },
}
