import express from 'express'
import { GREETING, type System } from '../system.js'
import { listening } from './express.js'

/** The routes of the others, without a session. */
export const system: System = {
  inExpress: () => {
    const app = express()
    app.get('/read', (_request, response) => void response.type('text').send('1'))
    app.post('/count', (_request, response) => void response.type('text').send('1'))
    app.get('/', (_request, response) => void response.type('text').send(GREETING))
    return listening(app)
  },
}
