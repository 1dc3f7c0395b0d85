import { defineConfig } from 'vitest/config'
import { eachFile as base } from './vitest.config.js'

/** `npm run test:tools`: tries what people use beside Ingot, and this repository does not; npm installs it. */
export default defineConfig({
  ...base,
  test: {
    include: ['test/tools/**/*.test.ts'],
    globalSetup: ['test/support/redis-setup.ts', 'test/support/databases-setup.ts'],
    // `npm test` has run the type tests.
    typecheck: { include: [] },
    // They wait for npm, most of the time.
    maxWorkers: '100%',
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: base.test.reporters,
  },
})
