/*
 * What workerd runs, once for each store: the shop, and the conformance kit at `/kit`.
 */
import type { App } from 'ingot'
import { RedisStore } from 'ingot/redis'
import { redisOfRequest } from '../../examples/runtimes/worker.js'
import { runKit } from './kit.js'
import { openShop } from './shop.js'
import { openStore, type OpenedStore, type Places, type StoreName } from './stores.js'

interface Bindings {
  readonly STORE: StoreName
  readonly PLACES: string
}

let app: App | undefined

// oxlint-disable-next-line import/no-default-export -- workerd asks for it
export default {
  async fetch(request: Request, { STORE, PLACES }: Bindings): Promise<Response> {
    const places = JSON.parse(PLACES) as Places
    if (new URL(request.url).pathname === '/kit') return Response.json(await runKit(STORE, places))
    const { store, components } = openForRequests(STORE, places)
    app ??= openShop(store, components)
    return app.fetch(request)
  },
}

function openForRequests(name: StoreName, places: Places): OpenedStore {
  if (name !== 'RedisStore') return openStore(name, places)
  return {
    store: new RedisStore({ timeoutMs: 10_000 }),
    components: [redisOfRequest(places.redis)],
  }
}
