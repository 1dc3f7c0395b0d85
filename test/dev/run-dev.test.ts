import { expect, test } from 'vitest'
import { runDev } from '../../src/dev/index.js'
import { ingot, startDev } from '../support/dev-run.js'

const program = (text: string) => `
import { App, MemoryStore, route, Session, sessions } from '${ingot}'
import { greeting } from './greeting.js'

export const app = new App({
  components: [sessions(new MemoryStore({ secure: 'auto' }))],
  routes: [
    route.get('/', [], () => greeting + ${JSON.stringify(text)}),
    route.post('/login', [Session], (session) => { session.set('name', 'Ada') }),
  ],
})
`
const files = { 'app.ts': program('!'), 'greeting.ts': "export const greeting: string = 'Hello'" }

test('a change of a file that the application loaded starts it again, and a broken one says why', async () => {
  const dev = await startDev(files)
  expect(await (await fetch(dev.app)).text()).toBe('Hello!')
  const again = dev.said(/^Application at/)
  dev.write('greeting.ts', "export const greeting: string = 'Good morning'")
  const [address = ''] = /http:\S+/.exec(await again) ?? []
  expect(await (await fetch(address)).text()).toBe('Good morning!')
  expect((await dev.state()).program).toMatchObject({ run: 2, changed: 'greeting.ts' })

  const ended = dev.said(/starts again when a file changes/)
  dev.write('greeting.ts', 'export const greeting = ')
  await ended
  const { program } = await dev.state()
  expect([program.status, program.problem]).toEqual([
    'failed',
    expect.stringMatching(/greeting\.ts/),
  ])

  const repaired = dev.said(/^Application at/)
  dev.write('greeting.ts', "export const greeting: string = 'Hi'")
  await repaired
  expect((await dev.state()).program).toMatchObject({ status: 'running', run: 4 })
})

test('a program that listens itself runs as it is', async () => {
  const main = `import { app } from './app.js'
const server = await app.listen({ port: 0 })
console.log('My server at ' + server.url)`
  const dev = await startDev({ ...files, 'main.ts': main }, { module: 'main.ts' })
  expect(dev.output.filter((line) => line.startsWith('My server'))).toEqual([
    `My server at ${dev.app}`,
  ])
  expect((await dev.state()).program.routes).toEqual(['GET /', 'POST /login'])
})

test('the page has the routes with their plans, and each request with its steps', async () => {
  const dev = await startDev(files)
  const plan = await fetch(`${dev.page}/plan?route=POST%20/login`)
  expect(await plan.text()).toMatch(/^POST \/login\n[^]*Session[^]*ends: /)
  const picture = await fetch(`${dev.page}/picture?route=POST%20/login`)
  expect(picture.headers.get('content-type')).toBe('image/svg+xml')
  expect(await picture.text()).toMatch(/^<svg [^]*Session/)

  await fetch(`${dev.app}/login`, { method: 'POST' })
  const request = await dev.until(({ requests }) => requests.find(({ status }) => status === 204))
  expect(request).toMatchObject({ method: 'POST', path: '/login', route: 'POST /login' })
  expect(request.steps!.map(({ label, role }) => `${role} ${label}`)).toEqual([
    'value Cookies',
    'value MemoryStore.load()',
    'value Session',
    'handler the handler of POST /login',
    'value MemoryStore.dump()',
  ])
})

test('a request that ends the program is shown with its response', async () => {
  const failing = `
import { App, route } from '${ingot}'

export const app = new App({
  routes: [
    route.get('/', [], () => {
      void Promise.reject(new Error('forgotten'))
      return 'done'
    }),
  ],
})
`
  const dev = await startDev({ 'app.ts': failing })
  const ended = dev.said(/starts again when a file changes/)
  await fetch(dev.app).catch(() => {})
  await ended
  const request = await dev.until(({ requests }) => requests.find(({ status }) => status === 200))
  expect(request.path).toBe('/')
  expect((await dev.state()).program.problem).toContain('forgotten')
})

test('only this machine gets the page, under its own name, and no other page presses its buttons', async () => {
  const dev = await startDev(files)
  const { port } = new URL(dev.page)
  const status = async (init: RequestInit, path = '/state') =>
    (await fetch(`http://127.0.0.1:${port}${path}`, init)).status
  expect(await status({})).toBe(200)
  const { request } = await import('node:http')
  const strange = await new Promise((resolve) => {
    const asked = request({ port, host: '127.0.0.1', headers: { host: 'shop.example' } })
    asked.on('response', (response) => resolve(response.resume().statusCode)).end()
  })
  expect(strange).toBe(421)
  const press = (headers: Record<string, string>) => {
    const body = new URLSearchParams({ session: 'x', what: 'revoke' })
    return status({ method: 'POST', headers, body }, '/session')
  }
  expect(await press({ origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(await press({ origin: 'https://evil.example' })).toBe(403)
  expect(await press({})).toBe(200)
})

test('with NODE_ENV=production nothing runs', async () => {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    const options = { module: 'app.ts', exported: undefined, port: 0, page: 0 }
    await expect(runDev(options)).rejects.toThrow(
      'ingot dev is for developing, and NODE_ENV is production: its page shows sessions, and ends them.',
    )
  } finally {
    process.env['NODE_ENV'] = before
  }
})

test('a module that is not there is said at once', async () => {
  const options = { module: 'nowhere.ts', exported: undefined, port: 0, page: 0 }
  await expect(runDev(options)).rejects.toThrow('There is no file nowhere.ts.')
})
