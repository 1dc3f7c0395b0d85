import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  App,
  BackendStore,
  Cookie,
  CookieStore,
  crossOriginGuard,
  fromExpressStore,
  fromUnstorage,
  MemoryBackend,
  MemoryStore,
  route,
  scoped,
  sessions,
  singleton,
  token,
} from '../../src/index.js'
import { RedisClusterStore, RedisStore } from '../../src/sessions/redis/index.js'

const secret = 'a secret for tests of 32 bytes or more'
const store = new MemoryStore()
const X = token<number>('X')
class FileStore {}

// What a program in JavaScript, or with a wrong cast, may give: every type is left out here.
// oxlint-disable typescript/no-explicit-any
const cookie = (options: any) => () => new CookieStore({ secret, ...options })
const memory = (options: any) => () => new MemoryStore(options)
const app = (options: any) => () => new App({ routes: [], ...options })
const session = (options: any) => () => sessions(store, options)
const attributes = (given: any) => () => new Cookie('a', '1', given)
const any = (value: unknown): any => value

/** What was given, and the whole message; each is refused before anything is made of it. */
const refused: readonly (readonly [given: string, () => unknown, message: string])[] = [
  [
    'clock: Date.now()',
    memory({ clock: 1 }),
    "the session option 'clock' must be a function, not 1.",
  ],
  [
    'clock of a cookie store',
    cookie({ clock: 1 }),
    "the session option 'clock' must be a function, not 1.",
  ],
  ["newId: 'x'", memory({ newId: 'x' }), `the session option 'newId' must be a function, not "x".`],
  [
    'serializer: {}',
    memory({ serializer: {} }),
    "the session option 'serializer' must be a serializer with stringify, parse, not an object.",
  ],
  [
    'serializer: JSON.stringify',
    cookie({ serializer: JSON.stringify }),
    "the session option 'serializer' must be a serializer with stringify, parse, not the function stringify.",
  ],
  [
    'revocations: {}',
    cookie({ revocations: {} }),
    "the session option 'revocations' must be a SessionBackend with read, create, replace, touch, destroy, not an object.",
  ],
  [
    "persistent: 'false'",
    memory({ persistent: 'false' }),
    `the session option 'persistent' must be true or false, not "false".`,
  ],
  [
    "secure: 'no'",
    memory({ secure: 'no' }),
    `the session option 'secure' must be true, false or 'auto', not "no".`,
  ],
  [
    "protection: 'none'",
    cookie({ protection: 'none' }),
    `the session option 'protection' must be 'encrypted' or 'signed', not "none".`,
  ],
  [
    'application: 1 of a memory store',
    memory({ application: 1 }),
    "the session option 'application' must be a text, not 1.",
  ],
  [
    "maxBytes: '1 GB'",
    memory({ maxBytes: '1 GB' }),
    'the session option \'maxBytes\' must be a whole number of bytes from 4194304, not "1 GB".',
  ],
  [
    'goesLast: true',
    () => new MemoryBackend(any({ goesLast: true })),
    "the session option 'goesLast' must be a function, not true.",
  ],
  [
    'allowedHosts: text',
    app({ allowedHosts: 'shop.example' }),
    `App: allowedHosts must be a list of hosts such as ['shop.example'], not "shop.example".`,
  ],
  [
    'allowedHosts: [1]',
    app({ allowedHosts: [1] }),
    "App: allowedHosts must be a list of hosts such as ['shop.example'], not a list.",
  ],
  [
    'application: 1',
    cookie({ application: 1 }),
    "the session option 'application' must be a text, not 1.",
  ],
  ['warn: true', cookie({ warn: true }), "the session option 'warn' must be a function, not true."],
  ['name: 1', memory({ name: 1 }), "the session option 'name' must be a text, not 1."],
  ['path: 1', memory({ path: 1 }), "the session option 'path' must be a text, not 1."],
  [
    'no secret',
    () => new CookieStore(any({})),
    `the session option 'secret' is missing. Make one, and keep it in the environment: node -p "crypto.randomBytes(32).toString('hex')"`,
  ],
  [
    'nothing for a cookie store',
    () => new CookieStore(any(undefined)),
    "the session option 'options' must be an object, not undefined.",
  ],
  [
    'a misspelt option',
    memory({ idleTimout: 60 }),
    "the session option 'idleTimout' is not an option. Did you mean idleTimeout?",
  ],
  [
    'a misspelt option of a store with a backend',
    () => new BackendStore(new MemoryBackend(), any({ idleTimout: 60 })),
    "the session option 'idleTimout' is not an option. Did you mean idleTimeout?",
  ],
  [
    'a misspelt option of a cookie store',
    cookie({ presistent: true }),
    "the session option 'presistent' is not an option. Did you mean persistent?",
  ],
  [
    'a misspelt option of a Redis store',
    () => new RedisStore(any({ prefx: 'a' })),
    "the session option 'prefx' is not an option. Did you mean prefix?",
  ],
  [
    'confirm: true',
    () => new RedisStore(any({ confirm: true })),
    "the session option 'confirm' must be an object such as { replicas: 1 }, not true.",
  ],
  [
    'prefix: 1 of a cluster store',
    () => new RedisClusterStore(any({ prefix: 1 })),
    "the session option 'prefix' must be a text, not 1.",
  ],
  [
    'new BackendStore({})',
    () => new BackendStore(any({})),
    "the session option 'backend' must be a SessionBackend with read, create, replace, touch, destroy, not an object.",
  ],
  [
    'a class for a backend',
    () => new BackendStore(any(MemoryBackend)),
    "the session option 'backend' must be a SessionBackend with read, create, replace, touch, destroy, not the class MemoryBackend. Make one of it: new MemoryBackend(…).",
  ],
  [
    'now: 1',
    () => new MemoryBackend(any({ now: 1 })),
    "the session option 'now' must be a function, not 1.",
  ],
  [
    'fromExpressStore(class)',
    () => fromExpressStore(any(FileStore)),
    "the session option 'store' must be a store for express-session with get, set, destroy, not the class FileStore.",
  ],
  [
    'fromUnstorage({})',
    () => fromUnstorage(any({})),
    "the session option 'storage' must be what createStorage() of unstorage returns, an object with getItem, setItem, removeItem, getKeys, not an object.",
  ],
  [
    'base: 1',
    () =>
      fromUnstorage(
        any({ getItem() {}, setItem() {}, removeItem() {}, getKeys() {} }),
        any({ base: 1 }),
      ),
    "the session option 'base' must be a text, not 1.",
  ],
  [
    'sessions(undefined)',
    () => sessions(any(undefined)),
    "the session option 'store' must be a store or a class of stores, such as new MemoryStore(), not undefined.",
  ],
  [
    'sessions(class of something)',
    () => sessions(any(FileStore)),
    "the session option 'store' must be a store or a class of stores, such as new MemoryStore(), not the class FileStore.",
  ],
  [
    'as: class',
    session({ as: FileStore }),
    `the session option 'as' must be a subclass of Session or token<Session>('name'), not the class FileStore.`,
  ],
  [
    "save: 'never'",
    session({ save: 'never' }),
    `the session option 'save' must be 'always' or 'success', not "never".`,
  ],
  [
    'schema: {}',
    session({ schema: {} }),
    "the session option 'schema' must be a Standard Schema, as zod, valibot and arktype make them, not an object.",
  ],
  [
    'migrate: {}',
    session({ migrate: {} }),
    "the session option 'migrate' must be a function, not an object.",
  ],
  [
    'timer: {}',
    session({ timer: {} }),
    "the session option 'timer' must be a timer with set, clear, not an object.",
  ],
  [
    'options of the store for sessions()',
    session({ idleTimeout: 60 }),
    "the session option 'idleTimeout' is not an option. The options are: as, save, lostStatus, onWarning, eventKey, endCheckInterval, schema, version, migrate, deadline, maxCalls, failureThreshold, probeInterval, timer.",
  ],
  [
    'no routes',
    () => new App(any({})),
    'App: routes is missing: give a list of routes and controllers.',
  ],
  ['no options', () => new App(any(undefined)), 'App: options must be an object, not undefined.'],
  [
    'a misspelt option of App',
    app({ component: [] }),
    'App: component is not an option. Did you mean components?',
  ],
  [
    'one component',
    app({ components: sessions(store) }),
    'App: components must be a list, not an object of SessionComponent.',
  ],
  [
    'a store for a component',
    app({ components: [store] }),
    'App: components holds an object of MemoryStore, which is no component. Write value(MemoryStore, …), or sessions(…) around a store.',
  ],
  [
    'a class for a component',
    app({ components: [MemoryStore] }),
    'App: components holds the class MemoryStore, which is no component. Write singletonClass(MemoryStore), or scoped(MemoryStore, …) for one in each request.',
  ],
  [
    'a function for a component',
    app({ components: [sessions] }),
    'App: components holds the function sessions, which is no component. Write sessions(store), value(X, x), singleton(X, tokens, make), scoped(X, tokens, make) or singletonClass(X).',
  ],
  ['onError: {}', app({ onError: {} }), 'App: onError must be a function, not an object.'],
  ['nosniff: 1', app({ nosniff: 1 }), 'App: nosniff must be true or false, not 1.'],
  [
    'crossOrigin: true',
    app({ crossOrigin: true }),
    'App: crossOrigin must be false or an object such as { trustedOrigins: [] }, not true.',
  ],
  [
    'errorPages: text',
    app({ errorPages: 'html' }),
    `App: errorPages must be an object of functions, not "html".`,
  ],
  [
    'formLimits: 1',
    app({ formLimits: 1 }),
    'App: formLimits must be an object such as { files: 10 }, not 1.',
  ],
  [
    'bodyMemory: -1',
    app({ bodyMemory: -1 }),
    'App: bodyMemory must be a whole number of bytes or Infinity, not -1.',
  ],
  [
    'bodyLimit: "1mb"',
    app({ bodyLimit: '1mb' }),
    'App: bodyLimit must be a whole number of bytes or Infinity, not 1mb.',
  ],
  [
    'dispose: true',
    () => singleton(X, [], () => 1, any({ dispose: true })),
    "singleton(token('X')): dispose must be a function, not true.",
  ],
  [
    'a misspelt option of a provider',
    () => scoped(X, [], () => 1, any({ disposed() {} })),
    "scoped(token('X')): disposed is not an option. Did you mean dispose?",
  ],
  [
    'a value for a provider',
    () => singleton(X, [], any(1)),
    "singleton(token('X')) needs a function that makes the value, not 1: singleton(token('X'), [], () => …), with a list of what it takes in between.",
  ],
  [
    'no function for a provider',
    () => any(scoped)(X),
    "scoped(token('X')) needs a function that makes the value, not undefined: scoped(token('X'), [], () => …), with a list of what it takes in between.",
  ],
  [
    'a text for a time',
    () => new MemoryStore({ idleTimeout: any('3600') }),
    'the session option \'idleTimeout\' must be a whole number of seconds from 1 to 34560000 (400 days), not "3600".',
  ],
  [
    'a misspelt option of the guard',
    () => crossOriginGuard(any({ trusted: [] })),
    'crossOriginGuard: trusted is not an option. The options are: trustedOrigins, exempt.',
  ],
  [
    'exempt: text',
    () => crossOriginGuard(any({ exempt: 'POST /' })),
    'crossOriginGuard: exempt must be a list, not "POST /".',
  ],
  [
    'new Cookie(n, v, 42)',
    attributes(42),
    'The cookie "a" is refused: its attributes must be an object, not 42.',
  ],
  [
    'a misspelt attribute',
    attributes({ maxage: 1 }),
    'The cookie "a" is refused: maxage is not an option. Did you mean maxAge.',
  ],
  [
    'expires in year 10000',
    attributes({ expires: new Date(Date.UTC(10_000, 0)) }),
    'The cookie "a" is refused: its expires must be a valid Date of the years 1601 to 9999.',
  ],
  [
    'expires in year 1600',
    attributes({ expires: new Date(Date.UTC(1600, 0)) }),
    'The cookie "a" is refused: its expires must be a valid Date of the years 1601 to 9999.',
  ],
]

describe('an option that cannot work is refused where it is given, by name', () => {
  for (const [given, make, message] of refused)
    test(`${given} [C21]`, () => {
      expect(make).toThrow(expect.objectContaining({ message }))
    })
})

/** The same for `listen`, which rejects before a port is taken. */
const notServed: readonly (readonly [given: string, options: any, message: string])[] = [
  [
    "port: '3000'",
    { port: '3000' },
    'listen: port must be a whole number from 0 to 65535, not "3000". For the file of a socket write listen({ path }).',
  ],
  [
    'port: NaN',
    NaN,
    'listen: port must be a whole number from 0 to 65535, not NaN. For the file of a socket write listen({ path }).',
  ],
  [
    'port: 65536',
    65_536,
    'listen: port must be a whole number from 0 to 65535, not 65536. For the file of a socket write listen({ path }).',
  ],
  [
    'no place',
    {},
    'listen: nothing is given. Give one of port, path and fd: listen({ port: 3000 }).',
  ],
  ['path: 1', { path: 1 }, 'listen: path must be a text, not 1.'],
  ["fd: '3'", { fd: '3' }, 'listen: fd must be a whole number from 0 to 2147483647, not "3".'],
  [
    'beforeClose: text',
    { port: 0, beforeClose: '5s' },
    'listen: beforeClose must be a whole number from 0 to 2147483647, not 5s.',
  ],
  [
    'host for hostname',
    { port: 0, host: '::1' },
    'listen: host is not an option. The options are: port, hostname, path, fd, tls, trustProxy, closeOn, beforeClose, drainTimeout, headerLimit, headerLineLimit, headerTimeout, requestTimeout, idleTimeout, keepAliveTimeout, connectionLimit.',
  ],
  [
    'closeOn: text',
    { port: 0, closeOn: 'SIGTERM' },
    `listen: closeOn must be a list of 'SIGTERM', 'SIGINT' and 'SIGHUP', not "SIGTERM".`,
  ],
  [
    'tls: true',
    { port: 0, tls: true },
    'listen: tls must be an object with cert and key, not true.',
  ],
  [
    'drainTimeout: text',
    { port: 0, drainTimeout: '1s' },
    'listen: drainTimeout must be a whole number from 0 to 2147483647, not 1s.',
  ],
]

describe('listen refuses what cannot work', () => {
  for (const [given, options, message] of notServed)
    test(`${given} [C21]`, async () => {
      await using shop = new App({ routes: [route.get('/', [], () => 1)] })
      await expect(shop.listen(options)).rejects.toThrow(expect.objectContaining({ message }))
    })
})

test('the port of the environment is a text, and the line to write is said [C21]', async () => {
  vi.stubEnv('PORT', '3000')
  onTestFinished(() => void vi.unstubAllEnvs())
  await using shop = new App({ routes: [] })
  await expect(shop.listen({ port: any(process.env['PORT']) })).rejects.toThrow(
    'listen: port must be a whole number from 0 to 65535, not "3000". Write Number(process.env.PORT).',
  )
})

test('an option that is undefined is not there [C21]', () => {
  const undefinedOnes = { clock: undefined, serializer: undefined, secure: undefined }
  expect(memory(undefinedOnes)).not.toThrow()
  expect(session({ save: undefined, schema: undefined })).not.toThrow()
})
