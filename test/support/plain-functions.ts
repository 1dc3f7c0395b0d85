import type { Plugin } from 'vitest/config'
import { ingot } from '../../src/bundlers/vite.js'

/**
 * Compiles examples/first, examples/functions, examples/tutorial and `*.plain.test.ts` so that functions are injected by their types. Other files are
 * compiled without it, so that the other tests prove what works without.
 */
export function plainFunctions(): Plugin {
  const plugin = ingot()
  return {
    ...plugin,
    transform(code, id) {
      const isPlain = /\/examples\/(?:first|functions|tutorial)\/|\.plain\.test\.ts$/.test(id)
      return isPlain ? plugin.transform(code, id) : undefined
    },
  }
}
