import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from 'h3'
import { expect, onTestFinished, test } from 'vitest'
import { ready, shop } from './express.js'
import { shop as ofFastify } from './fastify.js'
import { POST, withSession } from './fetch.js'
import { shop as ofH3 } from './h3.js'
import { shop as ofHono } from './hono.js'
import { shop as ofKoa } from './koa.js'
import { startNest } from './nest.js'
import { server } from './node.js'
import { Session } from 'ingot'

/** Serves, and asks with the cookies that came back. */
async function browser(
  starting: Server,
): Promise<(path: string, method?: string) => Promise<string>> {
  await once(starting, 'listening')
  onTestFinished(() => starting.close().closeAllConnections())
  let cookie = ''
  return async (path, method = 'GET') => {
    const url = `http://localhost:${(starting.address() as AddressInfo).port}${path}`
    const response = await fetch(url, { method, headers: { cookie } })
    cookie = cookieOf(response) || cookie
    return response.text()
  }
}

function cookieOf(response: Response): string {
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
}

test('a shop on Express asks for its cart, and mounts an application', async () => {
  await ready()
  const ask = await browser(shop.listen(0))
  expect(await ask('/cart/tea', 'POST')).toBe('["tea"]')
  expect(await ask('/cart/cups', 'POST')).toBe('["tea","cups"]')
  expect(await ask('/account/visits')).toBe('{"visits":2}')
})

const fetchers: Record<string, (request: Request) => Response | Promise<Response>> = {
  Hono: ofHono.fetch,
  h3: (request) => ofH3.fetch(request),
}
test.each(Object.entries(fetchers))(
  'a shop on %s asks for its cart, and mounts an application',
  async (_, respond) => {
    const ask = (path: string, method: string, cookie = ''): Response | Promise<Response> =>
      respond(new Request(`https://shop.example${path}`, { method, headers: { cookie } }))
    const first = await ask('/cart/tea', 'POST')
    const second = await ask('/cart/cups', 'POST', cookieOf(first))
    expect(await second.json()).toEqual(['tea', 'cups'])
    expect(second.headers.get('x-items')).toBe('2')
    const mounted = await ask('/account/cart', 'GET', cookieOf(first))
    expect(await mounted.json()).toEqual({ cart: ['tea', 'cups'] })
  },
)

const servers: Record<string, () => Promise<Server>> = {
  Koa: async () => ofKoa.listen(0),
  h3: async () => createServer(toNodeHandler(ofH3)).listen(0),
}
test.each(Object.entries(servers))('a shop on %s is served by Node', async (_, start) => {
  const ask = await browser(await start())
  expect(await ask('/cart/tea', 'POST')).toBe('["tea"]')
  expect(await ask('/cart/cups', 'POST')).toBe('["tea","cups"]')
  expect(await ask('/account/cart')).toBe('{"cart":["tea","cups"]}')
})

test('a shop on Fastify asks for its cart, and mounts an application', async () => {
  onTestFinished(() => ofFastify.close())
  const headers: Record<string, string> = {}
  for (const sku of ['tea', 'cups']) {
    const response = await ofFastify.inject({ method: 'POST', url: `/cart/${sku}`, headers })
    headers['cookie'] = String(response.headers['set-cookie'] ?? headers['cookie']).split(
      ';',
      1,
    )[0]!
  }
  const mounted = await ofFastify.inject({ url: '/account/cart', headers })
  expect(mounted.json()).toEqual({ cart: ['tea', 'cups'] })
})

test('a shop on Nest asks for its cart in a controller and in a service, and mounts an application', async () => {
  const nest = await startNest()
  onTestFinished(() => nest.close())
  const url = await nest.getUrl()
  const first = await fetch(`${url}/cart/tea`, { method: 'POST' })
  const headers = { cookie: cookieOf(first) }
  const second = await fetch(`${url}/cart/cups`, { method: 'POST', headers })
  expect(await second.json()).toEqual(['tea', 'cups'])
  const bought = await fetch(`${url}/checkout`, { headers })
  expect(await bought.text()).toBe('Bought: tea and cups, in 2 visits')
  const mounted = await fetch(`${url}/account/cart`, { headers })
  expect(await mounted.json()).toEqual({ cart: ['tea', 'cups'] })
})

test('a server of Node counts visits', async () => {
  const ask = await browser(server.listen(0))
  expect(await ask('/')).toBe('Visit 1')
  expect(await ask('/')).toBe('Visit 2')
})

test('a handler without a path remembers likes', async () => {
  const like = (id: string, cookie = '') =>
    POST(new Request('https://shop.example', { method: 'POST', headers: { cookie } }), {
      params: Promise.resolve({ id }),
    })
  const first = await like('7')
  expect(await first.json()).toEqual({ likes: ['7'] })
  expect(await (await like('9', cookieOf(first))).json()).toEqual({ likes: ['7', '9'] })
})

test('a framework without an adapter gets the headers of the session', async () => {
  const response = await withSession(new Request('https://shop.example'), async (scope) => {
    const session = await scope.get(Session)
    session.set('seen', true)
    return new Response('seen', { headers: { vary: 'Accept' } })
  })
  expect(response.headers.get('vary')).toBe('Accept, Cookie')
  expect(cookieOf(response)).toMatch(/session=/)
})
