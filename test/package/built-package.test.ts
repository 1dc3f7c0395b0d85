import { expect, onTestFinished, test, vi } from 'vitest'
import { Consumer } from './consumer.js'

// Packing, and compiling without skipLibCheck, take seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

test('a program runs with only the package and its declared dependencies', async () => {
  const consumer = await consumerWith()
  const output = await consumer.run(
    'app.js',
    `import { App, CookieStore, Param, route, Session, sessions } from 'ingot'

    const visit = route.get('/visits/:name', [Session, Param('name')], (session, name) => {
      session.set('visits', (session.get('visits') ?? 0) + 1)
      return { name, visits: session.get('visits') }
    })
    const secret = 'a secret of the test, longer than 32 bytes'
    const app = new App({ components: [sessions(new CookieStore({ secret }))], routes: [visit] })
    const first = await app.fetch(new Request('https://shop.example/visits/ann'))
    const cookie = first.headers.getSetCookie()[0].split(';')[0]
    const second = await app.fetch(new Request('https://shop.example/visits/ann', { headers: { cookie } }))
    console.log(await second.text())`,
  )
  expect(output).toBe('{"name":"ann","visits":2}\n')
})

test('a Node that is too old says so before anything else fails [D10]', async () => {
  const consumer = await consumerWith()
  const output = await consumer.run(
    'app.js',
    `for (const node of ['18.20.8', '20.18.3', '20.19.0', '22.0.0', '26.10.0']) {
      Object.defineProperty(process, 'versions', { value: { ...process.versions, node }, configurable: true })
      const path = import.meta.resolve('ingot').replace('index.js', 'di/node-version.js')
      await import(path + '?' + node).then(() => console.log(node), ({ stack }) => console.log(stack))
    }`,
  )
  const tooOld = (version: string) =>
    `Error: Ingot needs Node 20.19 or newer, and this is ${version}. Install one from https://nodejs.org.\n`
  expect(output).toBe(`${tooOld('18.20.8')}${tooOld('20.18.3')}20.19.0\n22.0.0\n26.10.0\n`)
})

test('ingot/testing needs nothing else either, and shares its classes with ingot', async () => {
  const consumer = await consumerWith()
  const output = await consumer.run(
    'app.js',
    `import { App, inject, route, token } from 'ingot'
    import { resolve, testClient } from 'ingot/testing'

    const app = new App({ routes: [route.get('/', [], () => 'hello')] })
    console.log(await (await testClient(app).get('/')).text())
    const greeting = token('greeting')
    console.log(await resolve(inject([greeting], (text) => text + '!'), [[greeting, 'good morning']]))`,
  )
  expect(output).toBe('hello\ngood morning!\n')
})

test('ingot/redis works with ioredis installed, and is a store of the same ingot', async () => {
  const consumer = await consumerWith('ioredis')
  const output = await consumer.run(
    'app.js',
    `import { SessionStore } from 'ingot'
    import { RedisStore } from 'ingot/redis'

    console.log(RedisStore.prototype instanceof SessionStore)`,
  )
  expect(output).toBe('true\n')
})

test('ingot/sql loads without any driver, and says what to install when it needs one', async () => {
  const consumer = await consumerWith()
  const output = await consumer.run(
    'app.js',
    `import { App, Session, SessionStore, route, sessions } from 'ingot'
    import { PostgresStore, postgres, connectMysql, connectSqlite } from 'ingot/sql'

    console.log(PostgresStore.prototype instanceof SessionStore)
    const routes = [route.get('/', [Session], (session) => session.size)]
    const components = [sessions(new PostgresStore()), postgres('postgres://localhost/shop')]
    const say = (error) => console.log(error.cause?.message ?? error.message)
    await new App({ components, routes }).ready().catch(say)
    await connectMysql('mysql://localhost/shop').catch((error) => console.log(error.message))
    await connectSqlite('a.db', { driver: 'libsql' }).catch((error) => console.log(error.message))`,
  )
  expect(output).toBe(
    'true\npostgres(url) needs the package pg: run npm install pg.\n' +
      'mysql(url) needs the package mysql2: run npm install mysql2.\n' +
      'sqlite(path) needs the package libsql: run npm install libsql.\n',
  )
})

test('ingot/moving needs nothing else, and its stores are those of the same ingot', async () => {
  const consumer = await consumerWith()
  const output = await consumer.run(
    'app.js',
    `import { MemoryStore, SessionStore } from 'ingot'
    import { cookieSession, movingFrom } from 'ingot/moving'

    const secret = 'a secret of the test, longer than 32 bytes'
    const until = new Date(Date.now() + 1000)
    const store = movingFrom(cookieSession({ keys: 'k' }), new MemoryStore(), { secret, until })
    console.log(store instanceof SessionStore)`,
  )
  expect(output).toBe('true\n')
})

test('a CommonJS program can require it', async () => {
  const consumer = await consumerWith()
  const program = `console.log(typeof require('ingot').App, require('ingot/package.json').name)`
  expect(await consumer.run('app.cjs', program)).toBe('function ingot\n')
})

test('its declarations are complete: they compile without skipLibCheck', async () => {
  const consumer = await consumerWith('ioredis', '@types/node')
  const problems = await consumer.check(
    'app.ts',
    `import { App, Session, inject } from 'ingot'
    import * as moving from 'ingot/moving'
    import * as redis from 'ingot/redis'
    import * as sql from 'ingot/sql'
    import { testClient } from 'ingot/testing'

    export const client = testClient(new App({ routes: [] }))
    export const size = inject([Session], (session) => session.size)
    export const stores = [moving, redis, sql]`,
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2023'],
      types: ['node'],
      skipLibCheck: false,
    },
  )
  expect(problems).toBe('')
})

async function consumerWith(...packages: string[]): Promise<Consumer> {
  const consumer = await Consumer.create(packages)
  onTestFinished(() => consumer.remove())
  return consumer
}
