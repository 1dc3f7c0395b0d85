import { H3, serve } from 'h3'
import { GREETING, type System } from '../system.js'

export const system: System = {
  hello: async () => {
    const app = new H3().get('/', () => GREETING)
    const server = await serve(app, { port: 0, hostname: '127.0.0.1', silent: true }).ready()
    return Number(new URL(server.url!).port)
  },
}
