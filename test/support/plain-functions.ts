import type { Plugin } from 'vitest/config'
import { ingot } from '../../src/bundlers/vite.js'

/**
 * Has the functions of examples/first, examples/functions and of `*.plain.test.ts` injected by their types. Everywhere
 * else nothing is written down, so that the other tests prove what works without.
 */
export function plainFunctions(): Plugin {
  const plugin = ingot()
  return {
    ...plugin,
    transform(code, id) {
      const isPlain = /\/examples\/(?:first|functions)\/|\.plain\.test\.ts$/.test(id)
      return isPlain ? plugin.transform(code, id) : undefined
    },
  }
}
