import { defineConfig } from 'vitest/config'
import { eachFile as base } from './vitest.config.js'

/** `npm run test:runtimes`: Ingot on Bun, Deno and workerd, with Node as the reference. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/runtimes/**/*.test.ts'],
    globalSetup: ['test/support/redis-setup.ts', 'test/support/databases-setup.ts'],
    // `npm test` has run the type tests.
    typecheck: { include: [] },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: base.test.reporters,
  },
})
