import fastify from 'fastify'
import { ROUTES, type StartUp } from '../start-up.js'

/** It injects nothing: the routes alone. */
export const startUp: StartUp = async () => {
  const app = fastify()
  for (let number = 0; number < ROUTES; number++) {
    app.get<{ Params: { name: string } }>(`/${number}/:name`, ({ params }) => {
      return `${number}: ${params.name}`
    })
  }
  await app.ready()
  return async (path) => (await app.inject(path)).body
}
