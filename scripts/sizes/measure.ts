import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { peerDependencies: peers } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  peerDependencies: Readonly<Record<string, string>>
}

/** What people import, by the line that stands in the table. */
const PROGRAMS: Readonly<Record<string, string>> = {
  '`App`, `route` of `ingot`': `export { App, route } from './dist/index.js'`,
  'with `sessions`, `Session` and `CookieStore`': `export { App, route, sessions, Session, CookieStore } from './dist/index.js'`,
  'with `sessions`, `Session` and `RedisStore` of `ingot/redis`': `export { App, route, sessions, Session } from './dist/index.js'
export { RedisStore, redis } from './dist/sessions/redis/index.js'`,
  'everything of `ingot`': `export * from './dist/index.js'`,
  '`ingot/sql`': `export * from './dist/sessions/sql/index.js'`,
  '`ingot/moving`': `export * from './dist/sessions/moving/index.js'`,
  '`ingot/openapi`': `export * from './dist/openapi/index.js'`,
  '`ingot/testing`': `export * from './dist/testing/index.js'`,
  '`ingot/express`': `export * from './dist/adapters/express.js'`,
  '`ingot/fastify`': `export * from './dist/adapters/fastify.js'`,
  '`ingot/h3`': `export * from './dist/adapters/h3.js'`,
  '`ingot/hono`': `export * from './dist/adapters/hono.js'`,
  '`ingot/koa`': `export * from './dist/adapters/koa.js'`,
  '`ingot/nest`': `export * from './dist/adapters/nest.js'`,
  '`ingot/node`': `export * from './dist/adapters/node.js'`,
  '`ingot/vite`': `export * from './dist/bundlers/vite.js'`,
  '`ingot/register`': `export * from './dist/register/index.js'`,
  '`ingot/esbuild`': `export * from './dist/bundlers/esbuild.js'`,
}

/** Bytes of one program, what it depends on included, without the peers such as ioredis. */
export interface Size {
  readonly program: string
  /** As one file that esbuild has minified, without what it does not use. */
  readonly minified: number
  readonly gzipped: number
  /** The files that Node reads. */
  readonly files: number
  readonly loaded: number
}

/** Measures what was built into `dist`: run `npm run build` before. */
export function measure(): Promise<readonly Size[]> {
  return Promise.all(
    Object.entries(PROGRAMS).map(async ([program, contents]) => {
      const [small, whole] = await Promise.all([bundle(contents, true), bundle(contents, false)])
      const { contents: text } = small.outputFiles[0]!
      const inputs = Object.entries(whole.metafile.inputs).filter(([path]) => path !== '<stdin>')
      return {
        program,
        minified: text.byteLength,
        gzipped: gzipSync(text).byteLength,
        files: inputs.length,
        loaded: inputs.reduce((sum, [, { bytes }]) => sum + bytes, 0),
      }
    }),
  )
}

function bundle(contents: string, isSmall: boolean) {
  return build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: isSmall,
    treeShaking: isSmall,
    logLevel: 'error',
    absWorkingDir: root,
    external: [...builtinModules, ...Object.keys(peers)],
  })
}

/** The table of docs/sizes.md. */
export function tableOf(sizes: readonly Size[]): string {
  const rows = sizes.map(({ program, minified, gzipped, files, loaded }) => {
    return `| ${program} | ${kilobytes(minified)} | ${kilobytes(gzipped)} | ${kilobytes(loaded)} in ${files} files |`
  })
  return [
    '| program | minified | and gzipped | as loaded |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`
