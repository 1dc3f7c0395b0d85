import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, onTestFinished, test, vi } from 'vitest'
import { withoutSites } from './world.js'

const execute = promisify(execFile)

// A bundler and another process take seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const program = `
  import 'reflect-metadata'
  import { injectable } from 'tsyringe'
  import { App, route } from ${JSON.stringify(resolve('src/index.ts'))}

  class Clock { year = 2026 }
  injectable()(Clock)
  const app = new App({ routes: [route.get('/', [Clock], function show(clock) { return String(clock.year) })] })
  const answer = await app.fetch(new Request('http://localhost/')).catch((error) => error)
  console.log(answer instanceof Response ? await answer.text() : answer.message)`

/** What the program prints when everything it imports is in one file. */
async function printed(mainFields: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-bundle-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'dir')
  await build({
    stdin: { contents: program, resolveDir: folder },
    outfile: join(folder, 'bundle.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    mainFields,
    external: ['srvx'],
    logLevel: 'silent',
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`,
    },
  })
  const { stdout } = await execute(process.execPath, [join(folder, 'bundle.mjs')])
  return stdout.trim()
}

test('an application can be bundled into one file', async () => {
  expect(await printed(['main', 'module'])).toBe('2026')
})

test('ready() explains why a bundle that holds tsyringe twice finds no decorated classes', async () => {
  expect(withoutSites(await printed(['module', 'main'])))
    .toBe(`The application cannot be wired: 1 problem.

1. DI_MISSING (GET /): nothing provides Clock, parameter 0 of show.
     show
     └─ Clock
   Register it in \`components\`: value(Clock, …), singletonClass(Clock), singleton(Clock, …) or scoped(Clock, …). A class that tsyringe decorates is not seen here: the bundle holds tsyringe twice. Leave tsyringe out of the bundle, or have the bundler prefer \`main\` to \`module\`.`)
})
