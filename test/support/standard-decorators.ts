import { transform } from 'esbuild'
import type { Plugin } from 'vitest/config'

/**
 * Compiles `*.std.ts` and `*.std.test.ts` with the decorators of the language (TC39) instead of
 * TypeScript's legacy ones, so that one test run proves both. oxc, which vitest uses for every
 * other file, does not compile them; esbuild does.
 */
export function standardDecorators(): Plugin {
  return {
    name: 'standard-decorators',
    enforce: 'pre',
    async transform(code, id) {
      if (!/\.std(\.test)?\.ts$/.test(id)) return undefined
      const result = await transform(code, {
        loader: 'ts',
        sourcefile: id,
        sourcemap: true,
        target: 'es2022',
        tsconfigRaw: { compilerOptions: { experimentalDecorators: false } },
      })
      return { code: result.code, map: result.map }
    },
  }
}
