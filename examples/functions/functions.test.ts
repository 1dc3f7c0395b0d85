import { testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import { app } from './app.js'

test('each visitor is remembered by name', async () => {
  const [ada, bob] = [testClient(app), testClient(app)]

  const response = await ada.post('/set-username/ada')
  expect(await response.text()).toBe('Hello, ada!')

  expect(await (await ada.get('/get-username')).text()).toBe('ada')
  expect(await (await bob.get('/get-username')).text()).toBe('Who are you?')
})

test('a function takes what its types name: a part of the request, a session', async () => {
  const ada = testClient(app)
  expect((await ada.post('/username?name=ada')).status).toBe(204)
  expect(await (await ada.get('/get-username')).text()).toBe('ada')
  expect(await (await ada.get('/healthz')).json()).toEqual({ ok: true, at: '/healthz' })
})

test('a parameter of the path is taken by its name, and converted to its type', async () => {
  const ada = testClient(app)
  await ada.post('/visits/up/3')
  const response = await ada.post('/visits/down/1')
  expect(await response.json()).toEqual({ visits: 2 })
})

test('one that does not fit is a 400 that names each', async () => {
  const response = await testClient(app).post('/visits/sideways/far')
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    errors: [
      { in: 'path', name: 'step', detail: 'must be a number' },
      { in: 'path', name: 'direction', detail: 'must be "up" or "down"' },
    ],
  })
})
