import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { App, MemoryStore, Session, route, sessions } from 'ingot'
import { testClient } from 'ingot/testing'
import { expect, onTestFinished, test } from 'vitest'
import { app, watch } from './app.js'
import { logSecurity } from './security-log.js'
import { MemorySpan } from './telemetry.js'
import { traceSessions } from './spans.js'
import { logSlow } from './steps.js'

test('the app counts what happens to its sessions, and logs logins and logouts by a hash', async () => {
  const lines: string[] = []
  onTestFinished(watch((line) => lines.push(line)))
  const [ada, eve] = [testClient(app), testClient(app)]
  await ada.post('/login/ada')
  await ada.get('/')
  await ada.post('/login/ada')
  await ada.post('/logout')
  await eve.get('/', { headers: { cookie: '__Host-session=forged' } })

  const metrics = await (await ada.get('/metrics')).text()
  expect(metrics.split('\n').filter((line) => line.startsWith('ingot.session.events'))).toEqual([
    'ingot.session.events{type="created",reason="authenticated",store="CookieStore"} 1',
    'ingot.session.events{type="destroyed",reason="asked",store="CookieStore"} 1',
    'ingot.session.events{type="fresh",reason="no-cookie",store="CookieStore"} 1',
    'ingot.session.events{type="fresh",reason="unknown-version",store="CookieStore"} 1',
    'ingot.session.events{type="loaded",reason="live",store="CookieStore"} 3',
    'ingot.session.events{type="refused",reason="unknown-version",store="CookieStore"} 1',
    'ingot.session.events{type="regenerated",reason="authenticated",store="CookieStore"} 1',
  ])
  expect(metrics).toContain('ingot.session.load.duration_count{store="CookieStore"} 5')

  const [login, logout, refused] = lines.map((line) => JSON.parse(line))
  expect([login.type, logout.type, refused.type]).toEqual(['regenerated', 'destroyed', 'refused'])
  expect(login.session).toBe(logout.session)
  expect(lines.join()).not.toMatch(/ada|forged/)
})

test('the slowest step of a slow request is logged', async () => {
  const lines: string[] = []
  onTestFinished(logSlow((line) => lines.push(line), 0))
  const slow = new App({
    routes: [
      route.get('/report', [], async function report() {
        return 'done'
      }),
    ],
  })
  await testClient(slow).get('/report')
  expect(lines).toEqual([expect.stringMatching(/^GET \/report: \d+ ms in report$/)])
})

test('each request has its own events on its own span', async () => {
  const spans = new AsyncLocalStorage<MemorySpan>()
  onTestFinished(traceSessions(() => spans.getStore()))
  const traced = new App({
    components: [sessions(new MemoryStore())],
    routes: [route.post('/', [Session], (session) => void session.set('user', 'ada'))],
  })
  const request = (cookie: string) => async () => {
    const headers = { cookie }
    await traced.fetch(new Request('https://shop.test/', { method: 'POST', headers }))
    return spans
      .getStore()!
      .events.map(({ name, attributes }) => `${name}: ${attributes['reason']}`)
  }
  expect(
    await Promise.all([
      spans.run(new MemorySpan(), request('')),
      spans.run(new MemorySpan(), request('__Host-session=bad')),
    ]),
  ).toEqual([
    ['session fresh: no-cookie', 'session created: written'],
    ['session fresh: malformed', 'session refused: malformed', 'session created: written'],
  ])
})

test('a hundred users, paths and forged cookies make no label of their own [LG-07]', async () => {
  onTestFinished(watch(() => {}))
  const series = async () => {
    const metrics = await (await testClient(app).get('/metrics')).text()
    return metrics.split('\n').map((line) => line.replace(/ \S+$/, ''))
  }
  const visits = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const client = testClient(app)
      await client.post(`/login/user-${n}`)
      await client.get('/')
      await client.get(`/path-${n}`)
      const forged = `__Host-session=forged-${n}`
      await testClient(app).get('/', { headers: { cookie: forged } })
    }
  }
  await visits(0, 2)
  const before = await series()
  await visits(2, 100)
  expect(await series()).toEqual(before)
  expect(before.join()).toMatch(/refused/)
  expect(before.join()).not.toMatch(/user-|path-|forged/)
})

test('a storm of bad cookies makes ten lines a second, and the others are counted [LG-06]', async () => {
  let now = 0
  const lines: string[] = []
  onTestFinished(logSecurity((line) => lines.push(line), { clock: () => now }))
  const attack = () => testClient(app).get('/', { headers: { cookie: '__Host-session=x' } })
  for (let count = 0; count < 500; count++) await attack()
  expect(lines).toHaveLength(10)
  now = 1000
  await attack()
  expect(lines).toHaveLength(12)
  expect(lines[10]).toBe('{"dropped":490}')
})

test('the program listens, and says where', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const program = spawn(process.execPath, ['--import', '@oxc-node/core/register', main], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void program.kill('SIGKILL'))
  const [line] = (await once(program.stdout, 'data')) as [Buffer]
  const address = /^Listening at (http:\/\/localhost:\d+)\n$/.exec(line.toString())?.[1]
  await fetch(address!)
  const metrics = await (await fetch(`${address}/metrics`)).text()
  expect(metrics).toContain('{type="fresh",reason="no-cookie",store="CookieStore"} 1')
})
