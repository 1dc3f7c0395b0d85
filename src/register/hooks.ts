import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isTypeScript } from '../transform/index.js'
import { compile } from './compile.js'
import { sourceByPaths } from './tsconfig-paths.js'

/** Where a module is imported. Node's other fields are passed on. */
interface Context {
  readonly parentURL?: string | undefined
}

/**
 * Resolves `./cart.js` to `./cart.ts`, as TypeScript does, when a TypeScript file imports it. The
 * compiler's runtime is resolved from Ingot, because the file's own folder may not have it.
 */
export function resolve<Result>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Result,
): Result {
  if (specifier.startsWith('@oxc-project/runtime/'))
    return next(specifier, { ...context, parentURL: import.meta.url })
  const source = sourceOf(specifier, context.parentURL)
  if (source !== undefined || !isOfTypeScript(context.parentURL))
    return next(source ?? specifier, context)
  return orSource(specifier, context, next)
}

/**
 * Names that are no paths: those of package.json `imports` lead to `.js` files that are not built, and those of
 * tsconfig `paths` mean nothing to Node. Node is asked first, so that a package wins as it does after a build.
 */
function orSource<Result>(
  specifier: string,
  context: Context,
  next: (specifier: string, context: Context) => Result,
): Result {
  const retry = (error: unknown): Result => {
    const { code, url } = error as { code?: string; url?: string }
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    const built = url === undefined ? undefined : sourceOf(url, context.parentURL)
    const source = built ?? sourceByPaths(specifier, context.parentURL!)
    if (source === undefined) throw error
    return next(source, context)
  }
  try {
    const found = next(specifier, context)
    // On Node before 22.15 hooks are asynchronous.
    return found instanceof Promise ? (found.catch(retry) as Result) : found
  } catch (error) {
    return retry(error)
  }
}

function isOfTypeScript(parent: string | undefined): boolean {
  return parent !== undefined && pathOf(parent) !== undefined
}

interface Loaded {
  readonly format: 'module'
  readonly shortCircuit: true
  readonly source: string
}

/** Compiles a TypeScript file. Files of packages go to Node, which refuses them. */
export function load<Context, Result>(
  url: string,
  context: Context,
  next: (url: string, context: Context) => Result,
): Loaded | Result {
  const path = pathOf(url)
  if (path === undefined || /[\\/]node_modules[\\/]/.test(path)) return next(url, context)
  const source = compile(readFileSync(path, 'utf8'), path)
  return { format: 'module', shortCircuit: true, source }
}

function sourceOf(specifier: string, parent: string | undefined): string | undefined {
  const [, start, kind] = /^((?:\.{1,2}\/|file:).*\.)([mc]?js|jsx)$/.exec(specifier) ?? []
  if (start === undefined || parent === undefined || !pathOf(parent)) return undefined
  const endings = kind === 'js' ? ['ts', 'tsx'] : [kind!.replace('js', 'ts')]
  const urls = endings.map((ending) => new URL(start + ending, parent))
  return urls.find((url) => existsSync(url))?.href
}

/** The path of a TypeScript file, without the query, which only tells modules apart. */
function pathOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined
  const path = fileURLToPath(url.replace(/[?#].*$/, ''))
  return isTypeScript(path) ? path : undefined
}
