import { randomBytes } from 'node:crypto'
import { testClient, type TestClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { app as byHand } from './by-hand.js'
import { guarded, withExceptions, withOwnGuard } from './guarded.js'
import { app as withToken } from './token.js'

const secret = randomBytes(32).toString('base64url')

const postFrom = async (client: TestClient, path: string, origin: string): Promise<number> => {
  const headers = { origin, 'sec-fetch-site': 'cross-site' }
  return (await client.post(path, undefined, { headers })).status
}

test('the guard takes a login from a page of the application, and from no other', async () => {
  const client = testClient(guarded(secret))
  expect(await postFrom(client, '/login', 'https://evil.example')).toBe(403)
  expect(await client.json('/me')).toEqual({ user: null })
  await client.post('/login', undefined, { headers: { 'sec-fetch-site': 'same-origin' } })
  expect(await client.json('/me')).toEqual({ user: 'ada' })
})

test('a guard of a route takes the place of the default, for that route alone', async () => {
  const client = testClient(withOwnGuard())
  expect(await postFrom(client, '/orders', 'https://orders.example')).toBe(200)
  expect(await postFrom(client, '/orders', 'https://evil.example')).toBe(403)
  expect(await postFrom(client, '/returns', 'https://orders.example')).toBe(403)
})

test('the exceptions allow nothing else', async () => {
  const client = testClient(withExceptions(secret))
  expect(await postFrom(client, '/orders', 'https://app.partner.example')).toBe(200)
  expect(await postFrom(client, '/orders', 'https://evil.example')).toBe(403)
  expect(await postFrom(client, '/saml/idp', 'null')).toBe(200)
  expect(await postFrom(client, '/webhooks/payments', 'https://evil.example')).toBe(403)
  expect((await client.post('/webhooks/payments', { paid: true })).status).toBe(200)
})

test('a form with the token is accepted, and one without it is not', async () => {
  const client = testClient(withToken)
  await client.post('/login')
  const page = await (await client.get('/email')).text()
  const token = /name="_csrf" value="(.+?)"/.exec(page)![1]!
  const send = async (fields: Record<string, string>) =>
    (await client.post('/email', new URLSearchParams(fields))).status
  expect(await send({ email: 'mallory@evil.example' })).toBe(403)
  expect(await send({ email: 'ada@shop.example', _csrf: token })).toBe(204)
  expect(await client.session()).toMatchObject({ email: 'ada@shop.example' })
})

test('the token is checked by hand where it comes in JSON', async () => {
  const client = testClient(byHand)
  const token = await (await client.post('/login')).text()
  for (const wrong of [{ text: 'x' }, { text: 'x', token: [token] }, []]) {
    expect((await client.post('/draft', wrong)).status).toBe(403)
  }
  expect((await client.post('/draft', { text: 'Dear Bob', token })).status).toBe(204)
  expect(await client.session()).toMatchObject({ draft: 'Dear Bob' })
})
