/**
 * The plugin of Vite, Vitest, Rolldown, tsdown and Rollup.
 *
 * @module ingot/vite
 */
import { isTypeScript, transform, type SourceMap } from '../transform/index.js'

/** A plugin for Vite, Vitest, Rolldown, tsdown and Rollup. */
export interface IngotPlugin {
  readonly name: 'ingot'
  /** It runs before the plugin that removes types. */
  readonly enforce: 'pre'
  transform(code: string, id: string): { code: string; map: SourceMap } | undefined
}

/**
 * Lets plain functions be injected by the types of their parameters: `plugins: [ingot()]`. With Rollup
 * put it before the plugin that compiles TypeScript.
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
