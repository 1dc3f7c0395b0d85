import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  architectureProblems,
  crumbProblems,
  loadedBy,
  type ArchitectureRules,
} from './support/architecture.js'

const rules: ArchitectureRules = {
  layers: {
    di: [],
    http: ['di'],
    sessions: ['di', 'http'],
    testing: ['di', 'http', 'sessions'],
    // Other people's frameworks: all over the request scope of http.
    adapters: ['di', 'http'],
    // What routes take, in the words of another specification.
    openapi: ['di', 'http'],
    cli: ['di', 'http'],
    // The page for developers, which `ingot dev` alone loads.
    dev: ['di', 'http', 'sessions', 'sessions/inspection', 'cli/loading'],
    // Tools that work on the source of a program; what they write down is read by di, by a symbol.
    transform: [],
    register: ['transform'],
    bundlers: ['transform'],
    'index.ts': ['di', 'http', 'sessions'],
  },
  // Imports run down: tokens, components, graph, plan, inspect; the errors of a layer stand above its rooms.
  rooms: {
    di: ['di/tokens', 'di/components', 'di/graph', 'di/plan', 'di/inspect'],
    'di/tokens': ['src/di/copies.ts'],
    'di/components': [
      'di/tokens',
      'di/components/tsyringe',
      'src/di/copies.ts',
      'src/di/errors.ts',
      'src/di/options.ts',
    ],
    // The one room that knows tsyringe.
    'di/components/tsyringe': ['di/tokens', 'src/di/components/component.ts'],
    'di/graph': [
      'di/tokens',
      'di/components',
      'di/components/tsyringe',
      'src/di/copies.ts',
      'src/di/errors.ts',
    ],
    'di/plan': ['di/tokens', 'di/components/tsyringe', 'di/graph', 'src/di/errors.ts'],
    'di/inspect': ['di/tokens', 'di/components', 'di/graph', 'di/plan', 'src/di/errors.ts'],

    http: [
      'http/routing',
      'http/headers',
      'http/errors',
      'http/cookies',
      'http/response',
      'http/forms',
      'http/request',
      'http/parameters',
      'http/cross-origin',
      'http/middleware',
      'http/server',
      'http/hosts',
    ],
    'http/routing': [],
    'http/headers': [],
    'http/errors': ['http/routing', 'http/headers', 'http/response'],
    'http/cookies': [],
    'http/response': ['http/cookies', 'http/headers'],
    'http/forms': ['http/errors'],
    'http/request': ['http/routing', 'http/errors', 'http/cookies', 'http/response', 'http/forms'],
    'http/parameters': ['http/routing', 'http/errors', 'http/forms', 'http/request'],
    'http/cross-origin': ['http/routing', 'http/errors', 'http/request'],
    'http/middleware': [
      'http/routing',
      'http/cross-origin',
      'http/request',
      'http/response',
      'src/http/hooks.ts',
    ],
    'http/hosts': [
      'http/routing',
      'http/errors',
      'http/response',
      'http/request',
      'http/server',
      'src/http/endpoint.ts',
      'src/http/response-handler.ts',
    ],
    'http/server': ['http/routing', 'http/errors', 'http/response', 'http/forms', 'http/request'],

    sessions: [
      'sessions/errors',
      'sessions/events',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
      'sessions/visit',
      'sessions/csrf',
      'sessions/cookie-store',
      'sessions/server-store',
      'sessions/adapters',
    ],
    'sessions/errors': [],
    'sessions/events': [],
    'sessions/backend': ['sessions/errors'],
    'sessions/session': ['sessions/errors', 'sessions/events', 'sessions/backend'],
    'sessions/store': [
      'sessions/errors',
      'sessions/events',
      'sessions/backend',
      'sessions/session',
    ],
    'sessions/calls': ['sessions/errors', 'sessions/store'],
    'sessions/visit': [
      'sessions/errors',
      'sessions/events',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
    ],
    'sessions/csrf': ['sessions/errors', 'sessions/session'],
    'sessions/cookie-store': [
      'sessions/errors',
      'sessions/events',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
    ],
    'sessions/server-store': [
      'sessions/errors',
      'sessions/events',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
    ],
    'sessions/adapters': ['sessions/errors', 'sessions/backend', 'sessions/calls'],
    'sessions/moving': [
      'sessions/errors',
      'sessions/events',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
      'sessions/cookie-store',
      'sessions/server-store',
      'sessions/moving/systems',
    ],
    'sessions/moving/systems': [
      'sessions/errors',
      'sessions/events',
      'sessions/store',
      'sessions/adapters',
    ],
    'sessions/inspection': [
      'sessions/session',
      'sessions/store',
      'sessions/cookie-store',
      'sessions/server-store',
    ],
    'sessions/redis': [
      'sessions/errors',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
      'sessions/server-store',
      'sessions/redis/clients',
    ],
    'sessions/redis/clients': [
      'sessions/errors',
      'sessions/calls',
      'src/sessions/redis/redis-connection.ts',
      'src/sessions/redis/redis-store-error.ts',
    ],
    'sessions/sql': [
      'sessions/errors',
      'sessions/backend',
      'sessions/session',
      'sessions/store',
      'sessions/calls',
      'sessions/server-store',
      'sessions/sql/clients',
      'sessions/sql/dialects',
    ],
    'sessions/sql/clients': ['sessions/calls', 'sessions/sql/dialects'],
    'sessions/sql/dialects': ['src/sessions/sql/table.ts'],

    cli: ['cli/loading'],
    dev: ['dev/findings'],
    'dev/findings': ['src/dev/messages.ts', 'src/dev/session-list.ts'],
    'dev/program': ['src/dev/messages.ts'],

    adapters: ['adapters/wrapping'],
    // What frameworks have in common in which a middleware goes round what follows it.
    'adapters/wrapping': [],

    testing: ['testing/conformance', 'testing/conformance/backend', 'testing/conformance/store'],
    'testing/conformance/backend': ['testing/conformance'],
    'testing/conformance/store': [
      'testing/conformance',
      'src/testing/cookie-jar.ts',
      'src/testing/test-client.ts',
    ],
  },
  onlyIn: {
    // `listen` serves with Node: what its server offers for limits, shutdown and trusted proxies.
    'node:http': ['src/http/', 'src/adapters/'],
    'node:net': ['src/http/', 'src/sessions/sql/'],
    // A worker of a cluster has to let go of the channel to its parent when it closes.
    'node:cluster': ['src/http/server/listen.ts'],
    // The type of a response, and of the socket of an upgrade.
    'node:stream': ['src/http/hosts/', 'src/adapters/node.ts'],
    // Sealing is synchronous, so that a cookie session costs no promise; Web Crypto has only async.
    'node:crypto': ['src/sessions/', 'src/dev/'],
    // A client of ioredis is an emitter of Node.
    'node:events': ['src/sessions/redis/clients/'],
    // Events for whoever watches; what observability tools of Node, Bun and Deno subscribe to.
    'node:diagnostics_channel': ['src/sessions/', 'src/http/', 'src/dev/'],
    // The command line is a process: arguments, output, modules by path.
    'node:path': ['src/cli/', 'src/dev/', 'src/bundlers/esbuild.ts'],
    'node:process': ['src/cli/', 'src/dev/', 'src/register/'],
    'node:url': ['src/cli/', 'src/dev/', 'src/register/'],
    'node:util': ['src/cli/'],
    // Loading a program's files.
    'node:fs': ['src/cli/', 'src/dev/', 'src/register/'],
    // `place.ts` removes the socket of a process that was killed.
    'node:fs/promises': ['src/bundlers/esbuild.ts', 'src/http/server/place.ts'],
    'node:module': ['src/dev/', 'src/register/'],
    // The program of `ingot dev`, and the requests that its events belong to. `listen.ts` keeps one object of Node's.
    'node:async_hooks': ['src/dev/', 'src/http/server/listen.ts'],
    'node:child_process': ['src/dev/'],
    'node:worker_threads': ['src/dev/'],
    // Optional peers with native code, for whoever runs or bundles plain functions.
    'oxc-parser': ['src/transform/'],
    'oxc-transform': ['src/register/'],
    '@jridgewell/remapping': ['src/register/'],
    // The conformance suites belong to no test framework.
    'node:assert/strict': ['src/testing/conformance/'],
    // An optional peer: whoever imports `ingot` alone must not need it.
    ioredis: ['src/sessions/redis/'],
  },
  leaves: [
    'src/testing/',
    'src/sessions/redis/',
    'src/sessions/sql/',
    'src/sessions/moving/',
    'src/sessions/inspection/',
    'src/openapi/',
    'src/cli/',
    'src/dev/',
    'src/register/',
    'src/bundlers/',
  ],
  maximumLines: 250,
  maximumFiles: 14,
  maximumDepth: 4,
}

/** Files under 30 lines with one user that stay files of their own. */
const crumbs = {
  'src/testing/conformance/store/damage.ts':
    'cases of the kit on one subject, as the files beside it',
  'src/testing/conformance/store/shared-backend.ts':
    'cases of the kit on one subject, as the files beside it',
  'src/http/advice.ts': 'what http tells injection of itself, as data: read alone',
  'src/transform/left-alone.ts': 'annotator.ts has 249 lines',
  'src/transform/line-end.ts': 'annotator.ts has 249 lines',
}

test('the source keeps the layers and rooms, has no import cycle, and small files with real names', () => {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((path) => `src/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'))
  expect(paths).toContain('src/index.ts')
  const modules = new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]))
  expect(architectureProblems(modules, rules)).toEqual([])
  expect(crumbProblems(modules, crumbs)).toEqual([])
})

test('whoever imports ingot for `fetch` alone loads nothing of Node that other runtimes lack', () => {
  const modules = new Map(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [`src/${path}`, readFileSync(`src/${path}`, 'utf8')]),
  )
  const loaded = loadedBy('src/index.ts', modules)
  expect(loaded).toContain('src/http/app.ts')
  expect(loaded).not.toContain('src/http/server/listen.ts')
  expect(loaded.filter((name) => /^(?:node:|srvx\/)/.test(name)).toSorted()).toEqual([
    'node:crypto',
    'node:diagnostics_channel',
  ])
  // Nor anything of the page for developers, and of what looks into sessions for it.
  const forDevelopers = /^src\/(?:dev|cli|sessions\/inspection)\//
  expect(loaded.filter((name) => forDevelopers.test(name))).toEqual([])
})

test('docs/architecture.md names files that are there, and functions that are in them', () => {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  const page = readFileSync('docs/architecture.md', 'utf8')
  const named = [...page.matchAll(/`([\w/.-]+\.ts)`(?:: `(#?\w+)`)?/g)]
  const wrong = named.filter(([, file = '', name = '']) => {
    const found = files.filter((path) => path.endsWith(`/${file}`) || path === file)
    return !found.some((path) => readFileSync(path, 'utf8').includes(name))
  })
  expect(named.length).toBeGreaterThan(50)
  expect(wrong.map(([text]) => text)).toEqual([])
})

describe('the check itself', () => {
  const problems = (modules: Record<string, string>) =>
    architectureProblems(new Map(Object.entries(modules)), rules)

  test('accepts imports that follow the layers through index.ts, and files of one folder', () => {
    expect(
      problems({
        'src/index.ts': `export * from './di/index.js'; export * from './sessions/index.js'`,
        'src/di/index.ts': `export * from './token.js'`,
        'src/di/token.ts': `import 'reflect-metadata'`,
        'src/sessions/index.ts': `import type { Token } from '../di/index.js'`,
        'src/sessions/store/seal.ts': `import { hkdfSync } from 'node:crypto'`,
        'src/sessions/redis/index.ts': `import { Redis } from 'ioredis'; import '../store/seal.js'`,
        'src/testing/index.ts': `import { seal } from '../sessions/index.js'`,
      }),
    ).toEqual([])
  })

  test('refuses an import against the direction of the layers, a type import too', () => {
    expect(
      problems({
        'src/di/token.ts': `import type { App } from '../http/index.js'`,
        'src/http/index.ts': `export { type Session } from '../sessions/index.js'`,
        'src/sessions/index.ts': ``,
      }),
    ).toEqual([
      'src/di/token.ts imports src/http/index.ts, but di may not import http',
      'src/http/index.ts imports src/sessions/index.ts, but http may not import sessions',
    ])
  })

  test('refuses a file of another folder that is not its index.ts', () => {
    expect(
      problems({
        'src/di/token.ts': ``,
        'src/http/app.ts': `export * from '../di/token.js'`,
        'src/http/router.ts': `type Token = import('../di/token.js').Token`,
        'src/http/cookies.ts': `const load = () => import('../di/token.js')`,
      }),
    ).toEqual([
      'src/http/app.ts imports src/di/token.ts, not src/di/index.ts',
      'src/http/router.ts imports src/di/token.ts, not src/di/index.ts',
      'src/http/cookies.ts imports src/di/token.ts, not src/di/index.ts',
    ])
  })

  test('refuses a room that imports upwards, but for a file it may, and a room without rules', () => {
    expect(
      problems({
        'src/di/errors.ts': ``,
        'src/di/plan/plan.ts': ``,
        'src/di/tokens/token.ts': `import type { Plan } from '../plan/plan.js'`,
        'src/di/graph/node.ts': `import '../errors.js'; import '../tokens/token.js'`,
        'src/di/attic/old.ts': `import '../tokens/token.js'`,
      }),
    ).toEqual([
      'src/di/tokens/token.ts imports src/di/plan/plan.ts, but di/tokens may not import di/plan',
      'di/attic is a room without rules: say what it may import',
    ])
  })

  test('refuses folders that hold too much or are too deep', () => {
    const many = Object.fromEntries(
      Array.from({ length: 15 }, (_, index) => [`src/di/tokens/token-${index}.ts`, '']),
    )
    expect(problems({ ...many, 'src/di/plan/a/b/c.ts': '' })).toEqual([
      'src/di/tokens holds 15 files, more than 14',
      'src/di/plan/a/b is deeper than 4 folders',
    ])
  })

  test('finds short files that one file uses, and entries of the list that are none', () => {
    const modules = new Map([
      ['src/di/index.ts', `export * from './token.js'`],
      ['src/di/token.ts', `import './name.js'; import './shared.js'`],
      ['src/di/name.ts', `import './shared.js'`],
      ['src/di/shared.ts', ''],
    ])
    expect(crumbProblems(modules, { 'src/di/shared.ts': 'two use it' })).toEqual([
      'src/di/name.ts is short and used by src/di/token.ts alone: move it there',
      'src/di/shared.ts is listed as a crumb, and is none',
    ])
    expect(crumbProblems(modules, { 'src/di/name.ts': 'a name' })).toEqual([])
  })

  test('refuses any import of a leaf from outside, and a folder that has no rule', () => {
    expect(
      problems({
        'src/testing/index.ts': ``,
        'src/sessions/redis/index.ts': ``,
        'src/sessions/index.ts': `export * from './redis/index.js'`,
        'src/index.ts': `export * from './testing/index.js'`,
        'src/vite/plugin.ts': `import '../index.js'`,
      }),
    ).toEqual([
      'src/sessions/index.ts imports src/sessions/redis/index.ts, but nothing may import src/sessions/redis/',
      'src/index.ts imports src/testing/index.ts, but nothing may import src/testing/',
      'src/vite/plugin.ts is in a layer without rules: say what vite may import',
    ])
  })

  test('finds every cycle once, through type imports as well', () => {
    expect(
      problems({
        'src/di/plan.ts': `import type { Injector } from './injector.js'`,
        'src/di/injector.ts': `import { Resolver } from './resolver.js'`,
        'src/di/resolver.ts': `import { Plan } from './plan.js'`,
        'src/di/self.ts': `export * from './self.js'`,
      }),
    ).toEqual([
      'src/di/plan.ts -> src/di/injector.ts -> src/di/resolver.ts -> src/di/plan.ts is an import cycle',
      'src/di/self.ts -> src/di/self.ts is an import cycle',
    ])
  })

  test('refuses node: modules and packages where they do not belong, and missing files', () => {
    expect(
      problems({
        'src/di/plan.ts': `import { createHash } from 'node:crypto'`,
        'src/http/app.ts': `import { readFileSync } from 'node:fs'; import './gone.js'`,
        'src/sessions/store.ts': `import type { Redis } from 'ioredis'`,
      }),
    ).toEqual([
      'src/di/plan.ts imports node:crypto, which is allowed only in src/sessions/, src/dev/',
      'src/http/app.ts imports node:fs, which is allowed only in src/cli/, src/dev/, src/register/',
      'src/http/app.ts imports src/http/gone.ts, which does not exist',
      'src/sessions/store.ts imports ioredis, which is allowed only in src/sessions/redis/',
    ])
  })

  test('refuses names that say nothing and files that are too long', () => {
    expect(
      problems({
        'src/di/utils.ts': '',
        'src/http/helpers/body.ts': '',
        'src/http/app.ts': '// \n'.repeat(251),
        'src/http/router.ts': '// \n'.repeat(250),
      }),
    ).toEqual([
      'src/di/utils.ts has a name that says nothing: name the idea',
      'src/http/helpers/body.ts has a name that says nothing: name the idea',
      'src/http/app.ts has 251 lines, more than 250: split it',
    ])
  })
})
