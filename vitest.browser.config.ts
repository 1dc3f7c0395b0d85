import { defineConfig } from 'vitest/config'
import { eachFile as base } from './vitest.config.js'

/** `npm run test:browser`: the tests that drive a real Chromium, one file after the other. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/support/redis-setup.ts', 'test/support/chromium-setup.ts'],
    // `npm test` has run the type tests.
    typecheck: { include: [] },
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: base.test.reporters,
  },
})
