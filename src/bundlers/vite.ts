import { isTypeScript, transform, type SourceMap } from '../transform/index.js'

/** A plugin for Vite, Vitest, Rolldown, tsdown and Rollup, by what they have in common. */
export interface IngotPlugin {
  readonly name: 'ingot'
  /** Before whatever takes the types out. */
  readonly enforce: 'pre'
  transform(code: string, id: string): { code: string; map: SourceMap } | undefined
}

/**
 * Has plain functions injected by the types of their parameters: `plugins: [ingot()]`. With Rollup it
 * stands before the plugin that compiles TypeScript.
 */
export function ingot(): IngotPlugin {
  return {
    name: 'ingot',
    enforce: 'pre',
    transform(code, id) {
      const path = id.replace(/[?#].*$/, '')
      if (!isTypeScript(path) || /[\\/]node_modules[\\/]/.test(path)) return undefined
      return transform(code, path)
    },
  }
}
