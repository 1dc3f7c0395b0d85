import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test } from 'vitest'
import { createShop } from './app.js'
import { keepSessions } from './store.js'
import { watchSessions } from './watch.js'

const passwords = { ada: 'lovelace', admin: 'hopper' }

function openShop() {
  const lines: string[] = []
  onTestFinished(watchSessions((line) => lines.push(line)))
  const log = (line: string) => void lines.push(line)
  const shop = createShop({ kept: keepSessions(undefined), passwords, log })
  return { shop, lines }
}

test('the admin ends the sessions of a user, and the log says so', async () => {
  const { shop, lines } = openShop()
  const [ada, admin] = [testClient(shop), testClient(shop)]
  await ada.post('/login', { form: { name: 'ada', password: 'lovelace' } })
  await admin.post('/login', { form: { name: 'admin', password: 'hopper' } })
  expect(await (await admin.get('/admin/ada')).text()).toContain('active at')
  await admin.post('/admin/ada', undefined, { follow: true })
  expect(await (await ada.get('/')).text()).not.toContain('Log out')
  expect(lines).toContain('session destroyed: revoked')
})

test('for everybody else there is no admin page', async () => {
  const { shop } = openShop()
  const ada = testClient(shop)
  await ada.post('/login', { form: { name: 'ada', password: 'lovelace' } })
  for (const client of [ada, testClient(shop)])
    expect((await client.get('/admin/ada')).status).toBe(404)
})

test('each request is a line with its status and the id that its response had', async () => {
  const { shop, lines } = openShop()
  const response = await testClient(shop).get('/products/tea?secret=1')
  await response.text()
  const entries = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  expect(entries).toMatchObject([
    { route: 'GET /products/:sku', path: '/products/tea', status: 200 },
  ])
  expect(entries[0].requestId).toBe(response.headers.get('x-request-id'))
  expect(lines.join()).not.toContain('secret')
})
