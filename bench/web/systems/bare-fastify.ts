import fastify from 'fastify'
import { GREETING, type System } from '../system.js'
import { listening } from './fastify.js'

/** The routes of the others, without a session. */
export const system: System = {
  inFastify: () => {
    const app = fastify()
    app.get('/read', () => '1')
    app.post('/count', () => '1')
    app.get('/', () => GREETING)
    return listening(app)
  },
}
