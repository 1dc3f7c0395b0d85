import { Hono } from 'hono'
import { ROUTES, type StartUp } from '../start-up.js'

/** It injects nothing: the routes alone. The first request is part of it, for it builds the router. */
export const startUp: StartUp = async () => {
  const app = new Hono()
  for (let number = 0; number < ROUTES; number++)
    app.get(`/${number}/:name`, (context) =>
      context.text(`${number}: ${context.req.param('name')}`),
    )
  await app.request('/0/ada')
  return async (path) => (await app.request(path)).text()
}
