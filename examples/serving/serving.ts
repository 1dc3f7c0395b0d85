import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import {
  App,
  ClientAddress,
  inject,
  MemoryStore,
  Next,
  Reply,
  type RunningServer,
  route,
  token,
  value,
} from 'ingot'

const ReportService = token<string>('the address of the report service')

const stamp = inject([Next], async (next) => {
  const response = await next()
  response.headers.set('x-shop', 'open')
  return response
})

// #region leaving
/** A slow report. The request behind it is cancelled when the reader leaves. */
const report = route.get('/report', [ReportService, AbortSignal], async (service, signal) => {
  const response = await fetch(service, { signal })
  return response.text()
})
// #endregion

// #region not-found
/** Takes every path that no other route has. */
const notFound = route.get('/**', [Reply], (reply) => {
  reply.status = 404
  return 'This shop has no such page.'
})
// #endregion

const scheme = route.get('/scheme', [URL], (url) => url.protocol)

// #region client
/** Who asks, as the trusted proxies tell. */
const who = route.get(
  '/who',
  [ClientAddress],
  (client) => `You are ${client.ip ?? 'nobody I know'}.`,
)
// #endregion

// #region events
/** A clock that ticks until the reader leaves, or the application closes. */
const clock = route.get('/clock', [Reply, AbortSignal], (reply, signal) => {
  reply.headers.set('content-type', 'text/event-stream')
  return ticks(signal)
})

async function* ticks(signal: AbortSignal): AsyncGenerator<string> {
  while (!signal.aborted) {
    yield `data: ${new Date().toISOString()}\n\n`
    await Promise.race([delay(1000), once(signal, 'abort')])
  }
}
// #endregion

export function createApp(service: string): App {
  return new App({
    components: [value(ReportService, service)],
    middleware: [stamp],
    routes: [report, scheme, who, clock, notFound],
  })
}

// #region limits
export function serveUploads(app: App, port: number): Promise<RunningServer> {
  return app.listen({
    port,
    requestTimeout: 300_000,
    // The proxy in front keeps its connections for 60 seconds.
    keepAliveTimeout: 65_000,
    connectionLimit: 2_000,
  })
}
// #endregion

// #region proxies
export function serveBehindProxies(app: App, port: number): Promise<RunningServer> {
  return app.listen({ port, trustProxy: ['10.0.0.0/8', '::1'] })
}
// #endregion

// #region hosts
export function createShop(): App {
  return new App({
    allowedHosts: ['shop.example', '*.shop.example', 'localhost'],
    routes: [who],
  })
}
// #endregion

// #region place
/** `PORT` is a number, or the file of a socket, as some hosts give it. */
export function serveWhereToldTo(app: App, place: string): Promise<RunningServer> {
  return app.listen(/^\d+$/.test(place) ? { port: Number(place) } : { path: place })
}
// #endregion

// #region shutdown
/** @param beforeClose as long as the balancer may need to notice: 5,000 in Kubernetes. */
export function serveUntilToldToStop(
  app: App,
  port: number,
  beforeClose: number,
): Promise<RunningServer> {
  return app.listen({ port, closeOn: ['SIGTERM', 'SIGINT'], beforeClose, drainTimeout: 20_000 })
}
// #endregion

// #region developing
export const developing = new MemoryStore({
  secure: process.env['NODE_ENV'] === 'production' || 'auto',
})
// #endregion
