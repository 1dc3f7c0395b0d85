import { readFileSync } from 'node:fs'
import { transform } from '../transform/index.js'

/** What is used of Bun. */
export interface Bun {
  plugin(plugin: { readonly name: string; setup(build: BunBuild): void }): unknown
}

interface BunBuild {
  onLoad(
    files: { readonly filter: RegExp },
    load: (file: { readonly path: string }) => {
      readonly contents: string
      readonly loader: 'ts' | 'tsx'
    },
  ): unknown
}

/** Emits the types of parameters. Bun compiles the rest itself, decorators by the project's tsconfig. */
export function registerOnBun(bun: Bun): void {
  bun.plugin({
    name: 'ingot/register',
    setup(build) {
      build.onLoad({ filter: OWN_TYPESCRIPT }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        const loader = path.endsWith('x') ? 'tsx' : 'ts'
        return { contents: transform(text, path)?.code ?? text, loader }
      })
    },
  })
}

/** Files of packages are JavaScript. */
const OWN_TYPESCRIPT = /^(?!.*[\\/]node_modules[\\/]).*\.[mc]?tsx?$/
