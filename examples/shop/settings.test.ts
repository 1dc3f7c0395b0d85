import { expect, test } from 'vitest'
import { Settings } from './settings.js'

test('without any variable the shop needs nothing but itself', () => {
  const settings = new Settings({})
  expect(settings).toMatchObject({ port: 3000, store: 'cookie', hasRandomSecret: true })
  expect(settings.secrets[0]).toMatch(/^[\w-]{43}$/)
  expect(new Settings({}).secrets).not.toEqual(settings.secrets)
})

test('empty variables are as good as none', () => {
  const env = { PORT: '', SESSION_STORE: '', REDIS_URL: '', SESSION_SECRET: ' , ' }
  expect(new Settings(env)).toMatchObject({
    port: 3000,
    store: 'cookie',
    redisUrl: 'redis://127.0.0.1:6379',
    file: 'sessions.db',
    hasRandomSecret: true,
  })
})

test('each variable is taken as it is', () => {
  const env = {
    PORT: '8080',
    SESSION_STORE: 'redis',
    REDIS_URL: 'redis://cache:6380/1',
    SESSION_SECRET: 'new, old',
  }
  expect(new Settings(env)).toMatchObject({
    port: 8080,
    store: 'redis',
    redisUrl: 'redis://cache:6380/1',
    secrets: ['new', 'old'],
    hasRandomSecret: false,
  })
})

test.each(['http', '-1', '65536', '80.5', '1e3'])('the port %s is rejected', (port) => {
  expect(() => new Settings({ PORT: port })).toThrow(
    new Error(`PORT is '${port}', but a port is a whole number from 0 to 65535.`),
  )
})

test('an unknown store is rejected with a list of the known ones', () => {
  expect(() => new Settings({ SESSION_STORE: 'mongo' })).toThrow(
    new Error(
      `SESSION_STORE is 'mongo', but this shop knows cookie, memory, sqlite, postgres, mysql and redis.`,
    ),
  )
})

test('each database is at home on this machine unless it is said where', () => {
  const url = (env: Record<string, string>) => new Settings(env).databaseUrl
  expect(url({ SESSION_STORE: 'postgres' })).toBe('postgres://localhost/shop')
  expect(url({ SESSION_STORE: 'mysql' })).toBe('mysql://localhost/shop')
  expect(url({ SESSION_STORE: 'mysql', DATABASE_URL: 'mysql://db/a' })).toBe('mysql://db/a')
})
