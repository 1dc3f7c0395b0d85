import { resolve } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

test('a bundle of an application has nothing of the page for developers', async () => {
  const source = JSON.stringify(resolve('src/index.ts'))
  const contents = `import { App, MemoryStore, sessions } from ${source}
    new App({ components: [sessions(new MemoryStore())], routes: [] }).listen(3000)`
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: resolve('.') },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    outfile: 'bundle.mjs',
    logLevel: 'silent',
  })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('src/http/app.ts')
  expect(inputs.filter((path) => /src\/(?:dev|cli|sessions\/inspection)\//.test(path))).toEqual([])
  expect(outputFiles[0]!.text).not.toContain('ingot dev')
})
