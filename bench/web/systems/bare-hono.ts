import { Hono } from 'hono'
import { GREETING, type System } from '../system.js'
import { listening } from './hono.js'

/** The routes of the others, without a session. */
export const system: System = {
  inHono: () => {
    const app = new Hono()
    app.get('/read', (c) => c.text('1'))
    app.post('/count', (c) => c.text('1'))
    app.get('/', (c) => c.text(GREETING))
    return listening(app)
  },
}
