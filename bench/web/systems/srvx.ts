import { FastResponse, serve } from 'srvx'
import { GREETING, type System } from '../system.js'

export const system: System = {
  hello: async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const server = serve({
      fetch: () => new FastResponse(GREETING, { headers }),
      port: 0,
      hostname: '127.0.0.1',
      silent: true,
    })
    await server.ready()
    return Number(new URL(server.url!).port)
  },
}
