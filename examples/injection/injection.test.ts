import { readFileSync } from 'node:fs'
import { DIError, Query } from 'ingot'
import { resolve, testClient } from 'ingot/testing'
import { expect, test } from 'vitest'
import * as asking from './asking.js'
import * as hooks from './hooks.js'
import * as jobs from './jobs.js'
import * as middleware from './middleware.js'
import * as mistakes from './mistakes.js'
import * as providing from './providing.js'
import { app, Clock, greet, Greeting } from './testing.js'

const guide = readFileSync(new URL('../../docs/injection.md', import.meta.url), 'utf8')

/** What the guide shows under a name: the programs must print exactly that. */
function shown(name: string): string {
  return guide.split(`\`\`\`text ${name}\n`)[1]!.split('\n```')[0]!
}

test('asking: by type, by list, and with modifiers', async () => {
  const client = testClient(asking.app)
  const text = async (path: string) => (await client.get(path)).text()
  expect(await text('/products/tea')).toBe('Green tea')
  expect(await text('/products/tea/price?quantity=3')).toBe('3 × tea in EUR')
  expect(await text('/products/tea/price')).toBe('1 × tea in EUR')
  expect(await text('/shout?sku=tea')).toBe('GREEN TEA')
  expect(await text('/overview')).toBe('<no banner: all prices in EUR!>')
})

test('a job runs with the singletons, which end with the application [C19, C20]', async () => {
  expect(await jobs.removeUser('bob')).toBe(true)
  expect([...jobs.users.names]).toEqual(['ada'])
  expect(jobs.users.isOpen).toBe(false)
})

test('providing: each scope lives as long as it says', async () => {
  const client = testClient(providing.app)
  expect(await client.json('/accounts')).toEqual(['request 1', 'request 2'])
  expect(await client.json('/accounts')).toEqual(['request 3', 'request 4'])
  expect(await (await client.get('/greet')).text()).toBe('Hello, Ada, from db://local')
  expect(await client.json('/flags')).toEqual({ beta: true, alpha: false })
  expect(await (await client.get('/dsn')).text()).toBe('db://local')
  expect(providing.opened?.isOpen).toBe(true)
  await providing.app.close()
  expect(providing.opened?.isOpen).toBe(false)
})

test('hooks: a transaction commits, rolls back, and is released', async () => {
  const client = testClient(hooks.app)
  await (await client.post('/rows?row=tea')).text()
  expect(hooks.database.log.splice(0)).toEqual(['begin', 'write tea', 'commit', 'release'])
  const failed = await client.post('/rows?row=')
  expect(failed.status).toBe(500)
  await failed.text()
  await hooks.app.close()
  expect(hooks.database.log).toEqual(['begin', 'roll back', 'release'])
})

test('middleware: what is refused opens nothing', async () => {
  const client = testClient(middleware.app)
  expect((await client.get('/account')).status).toBe(401)
  expect(middleware.opened()).toBe(0)
  const headers = { authorization: 'Bearer open sesame' }
  const response = await client.get('/account', { headers })
  expect(response.headers.get('x-guarded')).toBe('yes')
  expect(middleware.opened()).toBe(1)
})

// #region testing
const fixed: Clock = { year: () => 1999 }

test('a handler is still the function that it was', () => {
  expect(greet(new Greeting(fixed), 'Ada')).toBe('Happy 1999, Ada')
})

test('one injected function runs with values made by hand', async () => {
  const greeting = await resolve(greet, [
    [Greeting, new Greeting(fixed)],
    [Query('name'), 'Ada'],
  ])
  expect(greeting).toBe('Happy 1999, Ada')
})

test('a token is overridden wherever it is used', async () => {
  using _ = app.override(Clock, fixed)
  expect(await (await testClient(app).get('/greet?name=Ada')).text()).toBe('Happy 1999, Ada')
})

test('a copy of the application runs beside it', async () => {
  const copy = app.with([[Clock, fixed]])
  expect(await (await testClient(copy).get('/greet?name=Ada')).text()).toBe('Happy 1999, Ada')
})
// #endregion

test('mistakes: all of them, before the first request', async () => {
  const error = await mistakes.app.ready().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(DIError)
  expect((error as DIError).message).toBe(shown('mistakes'))
})

test('explain and graph show what a route does', () => {
  expect(hooks.app.explain('POST /rows')).toBe(shown('explain'))
  expect(guide).toContain(`\`\`\`mermaid\n${hooks.app.graph({ format: 'mermaid' })}\n\`\`\`\n`)
})
