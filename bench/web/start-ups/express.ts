import express from 'express'
import type { AddressInfo } from 'node:net'
import { ROUTES, type StartUp } from '../start-up.js'

/** It injects nothing: the routes alone. */
export const startUp: StartUp = async () => {
  const app = express()
  for (let number = 0; number < ROUTES; number++) {
    app.get(`/${number}/:name`, (request, response) => {
      response.send(`${number}: ${request.params.name}`)
    })
  }
  return async (path) => {
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return response.text()
  }
}
