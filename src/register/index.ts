import * as nodeModule from 'node:module'
import process from 'node:process'
import type { Bun } from './bun.js'

// `node --import ingot/register app.ts`, or `bun --preload ingot/register app.ts`
const { Bun: bun } = globalThis as { Bun?: Bun }
const needed = bun ? ['oxc-parser'] : ['oxc-parser', 'oxc-transform', '@oxc-project/runtime']
const missing = needed.filter(isMissing)
if (missing.length > 0)
  throw new Error(
    `ingot/register compiles TypeScript with packages that are not installed: npm install ${missing.join(' ')}`,
  )
// As the code that the hooks emit does: also a program of which nothing is written down was read.
const shared = globalThis as unknown as Record<symbol, WeakMap<object, unknown>>
shared[Symbol.for('ingot.parameters')] ??= new WeakMap()
// Imported last: it needs the packages that may be missing.
if (bun) (await import('./bun.js')).registerOnBun(bun)
else await registerOnNode()

async function registerOnNode(): Promise<void> {
  process.setSourceMapsEnabled(true)
  // Node 22.15 and newer run the hooks on the program's thread, older ones on a thread of their own.
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void }
  if (registerHooks) registerHooks(await import('./hooks.js'))
  else nodeModule.register('./hooks.js', import.meta.url)
}

function isMissing(name: string): boolean {
  try {
    import.meta.resolve(`${name}/package.json`)
    return false
  } catch (error) {
    return (error as { code?: string }).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED'
  }
}
