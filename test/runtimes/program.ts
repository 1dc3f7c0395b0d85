/*
 * What Node, Bun and Deno run: `program.js <mode> <places>`, with places as JSON. Prints one line of JSON for each
 * store, and ends with its standard input.
 *
 * - `listen`: serves each store by `app.listen`
 * - `fetch`: serves each store by the runtime's own server and `app.fetch`
 * - `kit`: runs the conformance kit of each store
 */
import process from 'node:process'
import type { App } from 'ingot'
import { serveOnBun } from '../../examples/runtimes/bun.js'
import { serveOnDeno } from '../../examples/runtimes/deno.js'
import { runKit } from './kit.js'
import { openShop } from './shop.js'
import { openStore, STORES, type Places } from './stores.js'

const [mode, given = '{}'] = process.argv.slice(2)
const places = JSON.parse(given) as Places

for (const store of STORES) {
  const result = mode === 'kit' ? await runKit(store, places) : { url: await serve() }
  process.stdout.write(`${JSON.stringify({ store, ...result })}\n`)

  async function serve(): Promise<string> {
    const opened = openStore(store, places)
    const app = openShop(opened.store, opened.components)
    await app.ready()
    if (mode === 'fetch') return `http://localhost:${serveNatively(app)}`
    return (await app.listen({ port: 0, hostname: '127.0.0.1' })).url
  }
}
if (mode === 'kit') process.exit()
process.stdin.on('end', () => process.exit()).resume()

/** The port of the runtime's own server; Node has none for standard requests. */
function serveNatively(app: App): number {
  if ('Bun' in globalThis) return serveOnBun(app, 0)
  if ('Deno' in globalThis) return serveOnDeno(app, 0)
  throw new Error('This runtime has no server for standard requests.')
}
