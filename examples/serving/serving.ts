import {
  App,
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
/** Takes every path that no other route has, so that the middleware runs for it, too. */
const notFound = route.get('/**', [Reply], (reply) => {
  reply.status = 404
  return 'This shop has no such page.'
})
// #endregion

const scheme = route.get('/scheme', [URL], (url) => url.protocol)

export function createApp(service: string): App {
  return new App({
    components: [value(ReportService, service)],
    middleware: [stamp],
    routes: [report, scheme, notFound],
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

// #region shutdown
export function serveUntilToldToStop(app: App, port: number): Promise<RunningServer> {
  return app.listen({ port, closeOn: ['SIGTERM', 'SIGINT'], drainTimeout: 20_000 })
}
// #endregion

// #region developing
export const developing = new MemoryStore({
  secure: process.env['NODE_ENV'] === 'production' || 'auto',
})
// #endregion
