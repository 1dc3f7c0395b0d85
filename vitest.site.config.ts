import { defineConfig } from 'vitest/config'
import { eachFile as base } from './vitest.config.js'

/** `npm run test:site`: opens every page that `npm run docs` has made, in a real Chromium. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/site/**/*.test.ts'],
    globalSetup: ['test/support/chromium-setup.ts'],
    // `npm test` has run the type tests.
    typecheck: { include: [] },
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: base.test.reporters,
  },
})
