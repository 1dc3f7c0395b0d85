/**
 * The plugin of esbuild.
 *
 * @module ingot/esbuild
 */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isTypeScript, transform } from '../transform/index.js'

/** The part of esbuild's plugin interface that this plugin uses. */
export interface EsbuildBuild {
  onLoad(
    options: { filter: RegExp; namespace?: string },
    callback: (file: {
      path: string
    }) => Promise<{ contents: string; loader: 'ts' | 'tsx' } | null>,
  ): void
}

/** A plugin for esbuild. */
export interface EsbuildPlugin {
  readonly name: 'ingot'
  setup(build: EsbuildBuild): void
}

/** Lets plain functions be injected by the types of their parameters: `plugins: [ingot()]`. */
export function ingot(): EsbuildPlugin {
  return {
    name: 'ingot',
    setup(build) {
      build.onLoad({ filter: /\.m?tsx?$/, namespace: 'file' }, async ({ path }) => {
        if (!isTypeScript(path) || /[\\/]node_modules[\\/]/.test(path)) return null
        const transformed = transform(await readFile(path, 'utf8'), basename(path))
        if (!transformed) return null
        const map = Buffer.from(transformed.map.toString()).toString('base64')
        const contents = `${transformed.code}//# sourceMappingURL=data:application/json;base64,${map}`
        return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' }
      })
    },
  }
}
