import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { rolldown } from 'rolldown'
import { afterAll, expect, test } from 'vitest'
import { ingot as forEsbuild } from '../../src/bundlers/esbuild.js'
import { ingot } from '../../src/bundlers/vite.js'
import type { App } from '../../src/index.js'

const path = (of: string) => fileURLToPath(new URL(`../../${of}`, import.meta.url))
const EXPECTED = ['Hello, ada!', { visits: 3 }]
const example = path('examples/functions/app.ts')
// Where the bundle finds the packages that it leaves out.
const folder = mkdtempSync(path('node_modules/.ingot-bundles-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([false, true])(
  'the example runs when Rolldown bundled it, minified: %s',
  async (minify) => {
    const file = join(folder, `rolldown-${minify}.js`)
    const bundle = await rolldown({
      input: example,
      platform: 'node',
      plugins: [ingot()],
      external: (id) => !id.startsWith('.') && !id.startsWith('/') && id !== 'ingot',
      resolve: { alias: { ingot: path('src/index.ts') } },
    })
    // `listen` is imported when it is called; in one file it is part of it.
    await bundle.write({ file, minify, codeSplitting: false })
    await bundle.close()
    expect(await visited(file)).toEqual(EXPECTED)
  },
)

test.each([false, true])(
  'the example runs when esbuild bundled it, minified: %s',
  async (minify) => {
    const outfile = join(folder, `esbuild-${minify}.js`)
    await build({
      entryPoints: [example],
      outfile,
      minify,
      bundle: true,
      format: 'esm',
      platform: 'node',
      alias: { ingot: path('src/index.ts') },
      external: ['reflect-metadata', 'tsyringe', 'srvx', 'rou3', 'cookie'],
      plugins: [forEsbuild()],
    })
    expect(await visited(outfile)).toEqual(EXPECTED)
  },
)

/** What a visitor is told who gives a name, and counts three steps up. */
async function visited(file: string): Promise<unknown[]> {
  const { app } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { app: App }
  const set = await app.fetch(post('/set-username/ada'))
  const [cookie = ''] = set.headers.getSetCookie()[0]!.split(';')
  const count = await app.fetch(post('/visits/up/3', { cookie }))
  return [await set.text(), await count.json()]
}

function post(path: string, headers: Record<string, string> = {}): Request {
  return new Request(`https://shop.example${path}`, { method: 'POST', headers })
}
