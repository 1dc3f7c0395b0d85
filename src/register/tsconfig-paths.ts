import { existsSync, statSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createPathsMatcher, getTsconfig } from 'get-tsconfig'

type Matcher = (specifier: string) => string[]

/** By folder: each file of a folder has the same tsconfig. */
const matchers = new Map<string, Matcher | undefined>()

/** The file that tsconfig `paths` give for a name, as TypeScript finds it. */
export function sourceByPaths(specifier: string, parent: string): string | undefined {
  const matched = matcherOf(fileURLToPath(new URL('.', parent)))?.(specifier) ?? []
  const path = matched.flatMap(candidates).find(isFile)
  return path === undefined ? undefined : pathToFileURL(path).href
}

function matcherOf(folder: string): Matcher | undefined {
  if (matchers.has(folder)) return matchers.get(folder)
  const tsconfig = getTsconfig(folder)
  const matcher = (tsconfig && createPathsMatcher(tsconfig)) ?? undefined
  matchers.set(folder, matcher)
  return matcher
}

/** What TypeScript looks for: `x.js` is `x.ts`, `x` is `x.ts` or a folder with an index. */
function candidates(path: string): string[] {
  const source = path.replace(/\.([mc]?)js(x?)$/, '.$1ts$2')
  return [source, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`, path]
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
