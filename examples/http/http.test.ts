import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { createApp } from './app.js'

const PARTNER = { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' }

test('every response has what middleware sets, and is logged as it left', async () => {
  const entries: { status: number; route: string }[] = []
  const client = testClient(createApp((entry) => entries.push(entry)))
  const responses = [
    await client.get('/', { headers: PARTNER }),
    await client.get('/nowhere', { headers: { ...PARTNER, accept: 'text/html' } }),
    await client.post('/buy', undefined, { headers: PARTNER }),
    await client.get('/admin/orders', { headers: PARTNER }),
    await client.post('/buy', undefined, { headers: { 'sec-fetch-site': 'cross-site' } }),
  ]
  for (const response of responses) {
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
    expect(response.headers.get('server-timing')).toMatch(/^app;dur=/)
    expect(response.headers.get('permissions-policy')).toBe('camera=(), geolocation=()')
  }
  expect(responses.map(({ status }) => status)).toEqual([200, 404, 409, 401, 403])
  const texts = await Promise.all(responses.map((response) => response.text()))
  expect(texts[1]).toContain('<h1>Not Found</h1>')
  expect(entries.map(({ status, route }) => `${status} ${route}`)).toEqual([
    '200 GET /',
    '404 a request without a route',
    '409 POST /buy',
    '401 GET /admin/orders',
    '403 POST /buy',
  ])
})
