import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.js'

/** `nest-11.test.ts` runs tests with this: Nest is the one in a folder, and not that of this repository. */
const folder = join(process.env['INGOT_NEST'] ?? '', 'node_modules/@nestjs')
const alias = base.resolve?.alias as { find: RegExp; replacement: string }[]

// oxlint-disable-next-line import/no-default-export -- as vitest wants it
export default defineConfig({
  ...base,
  resolve: {
    alias: [...alias, { find: /^@nestjs\/([a-z-]+)$/, replacement: `${folder}/$1/index.js` }],
  },
  test: {
    include: ['test/hosts/nest.test.ts'],
    typecheck: { include: [] },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['json'],
  },
})
