import { getIronSession } from 'iron-session'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { kept, keptIn } from '../kept.js'
import { GREETING, LIFE, SECRET, type System } from '../system.js'

const options = { cookieName: '__Host-session', password: SECRET, ttl: LIFE }

/** On `node:http`, as its documentation shows. */
export const system: System = {
  sealed: () => {
    const server = createServer((request, response) => {
      void (async () => {
        response.setHeader('content-type', 'text/plain; charset=utf-8')
        if (request.url === '/') return response.end(GREETING)
        const session = await getIronSession<Partial<Data>>(request, response, options)
        if (request.url === '/count') {
          const count = (session.count ?? 0) + 1
          if (count === 1) Object.assign(session, kept)
          session.count = count
          await session.save()
        }
        if (request.url === '/kept') return response.end(`${keptIn((key) => session[key])}`)
        return response.end(`${session.count ?? 0}`)
      })()
    })
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  },
}

interface Data {
  count: number
  [key: string]: unknown
}
