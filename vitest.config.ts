import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'
import { plainFunctions } from './test/support/plain-functions.js'
import { standardDecorators } from './test/support/standard-decorators.js'
import { TotalsReporter } from './test/support/totals-reporter.js'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  // Injection by type reads `design:paramtypes`; said here so that no tsconfig lookup can turn it off.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  plugins: [standardDecorators(), plainFunctions(), typeTests()],
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
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/site/**', 'test/tools/**', 'test/faults/**/*.fault.test.ts'],
    // The type check of the whole tree is a stage of its own; here it would fail every type test.
    typecheck: { include: ['test/**/*.test-d.ts'], ignoreSourceErrors: true },
    globalSetup: [
      'test/support/redis-setup.ts',
      'test/support/databases-setup.ts',
      'test/support/proxy-setup.ts',
    ],
    // No test may tell an id, a cookie, a key or a secret; this notes them all and listens.
    setupFiles: ['test/support/log-hygiene-setup.ts'],
    reporters: ['default', new TotalsReporter()],
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
