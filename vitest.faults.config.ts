import { defineConfig } from 'vitest/config'
import { eachFile as base } from './vitest.config.js'

/** `npm run test:faults`: the tests that break real servers, one file after the other. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/faults/**/*.fault.test.ts'],
    globalSetup: ['test/support/redis-setup.ts', 'test/support/databases-setup.ts'],
    setupFiles: base.test.setupFiles,
    // `npm test` has run the type tests.
    typecheck: { include: [] },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: base.test.reporters,
  },
})
