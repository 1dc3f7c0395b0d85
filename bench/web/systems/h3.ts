import { H3, serve } from 'h3'
import { GREETING, held, type System } from '../system.js'

export const system: System = {
  hello: () => listening(withHello()),
  waiting: () => listening(withHello().get('/wait', () => held())),
}

function withHello(): H3 {
  return new H3().get('/', () => GREETING)
}

async function listening(app: H3): Promise<number> {
  const server = await serve(app, { port: 0, hostname: '127.0.0.1', silent: true }).ready()
  return Number(new URL(server.url!).port)
}
