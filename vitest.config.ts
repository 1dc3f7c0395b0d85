import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin, type ViteUserConfig } from 'vitest/config'
import { plainFunctions } from './test/support/plain-functions.js'
import { standardDecorators } from './test/support/standard-decorators.js'
import { TotalsReporter } from './test/support/totals-reporter.js'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What each test file is run with; `npm test` adds how they share processes. */
export const eachFile = {
  // Injection by type reads `design:paramtypes`; said here so that no tsconfig lookup can turn it off.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  plugins: [standardDecorators(), plainFunctions()],
  resolve: {
    alias: [
      { find: /^ingot$/, replacement: source('src/index.ts') },
      {
        find: /^ingot\/(express|fastify|h3|hono|koa|nest|node)$/,
        replacement: source('src/adapters/$1.ts'),
      },
      { find: /^ingot\/redis$/, replacement: source('src/sessions/redis/index.ts') },
      { find: /^ingot\/sql$/, replacement: source('src/sessions/sql/index.ts') },
      { find: /^ingot\/moving$/, replacement: source('src/sessions/moving/index.ts') },
      { find: /^ingot\/openapi$/, replacement: source('src/openapi/index.ts') },
      { find: /^ingot\/testing$/, replacement: source('src/testing/index.ts') },
    ],
  },
  test: {
    // Some start processes and servers; on a busy machine the default of 5 seconds is too short.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['test/{browser,runtimes,site,tools}/**', 'test/faults/**/*.fault.test.ts'],
    globalSetup: [
      'test/support/redis-setup.ts',
      'test/support/databases-setup.ts',
      'test/support/proxy-setup.ts',
    ],
    // No test may tell an id, a cookie, a key or a secret; this notes them all and listens.
    setupFiles: ['test/support/log-hygiene-setup.ts'],
    reporters: ['default', new TotalsReporter()],
  },
} satisfies ViteUserConfig

/** Their files share the processes that they run in: Ingot is loaded once in each, not once for each file. */
const SHARED = ['test/di/**/*.test.ts', 'test/http/**/*.test.ts', 'test/sessions/**/*.test.ts']

/** They put something else in the place of a module, or look at what a process has; each has one of its own. */
const ALONE = [
  'test/**/*.{plain,std}.test.ts',
  'test/di/{copies,memory,node-version}.test.ts',
  'test/di/components/{mocks.test.ts,tsyringe/public-api.test.ts}',
  'test/di/graph/missing-types.test.ts',
  'test/http/response/other-runtimes.test.ts',
  // A process that was told to close lets go of its parent.
  'test/http/server/{listen,place}.test.ts',
  'test/sessions/log-hygiene.test.ts',
]

const { globalSetup, reporters, ...tests } = eachFile.test

export default defineConfig({
  ...eachFile,
  test: {
    globalSetup,
    reporters,
    // Much of what they do is to wait for processes and servers, so no core is left out, as Vitest does.
    maxWorkers: '100%',
    projects: [
      {
        ...eachFile,
        test: {
          ...tests,
          name: 'shared',
          isolate: false,
          include: SHARED,
          exclude: [...tests.exclude, ...ALONE],
        },
      },
      {
        ...eachFile,
        plugins: [...eachFile.plugins, typeTests()],
        test: {
          ...tests,
          name: 'alone',
          include: [
            'examples/**/*.test.ts',
            'test/*.test.ts',
            'test/!(di|http|sessions)/**/*.test.ts',
            ...ALONE,
          ],
          // The type check of the whole tree is a stage of its own; here it would fail every type test.
          typecheck: { include: ['test/**/*.test-d.ts'], ignoreSourceErrors: true },
        },
      },
    ],
  },
})

/**
 * Turns type tests on. `typecheck.enabled` in the configuration does the same and prints a warning
 * at each start, which asks to pin vitest's version: package.json does.
 */
function typeTests(): Plugin {
  return {
    name: 'type-tests',
    configureVitest({ project }) {
      project.config.typecheck.enabled = true
    },
  }
}
