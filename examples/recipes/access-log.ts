import { accessLog, App, requestId, route } from 'ingot'

// #region log
/** One line of JSON for each request, without those of the load balancer; slow ones and errors are warnings. */
export function logRequests(print: (line: string) => void) {
  return accessLog({
    write: (entry) => {
      if (entry.route === 'GET /health' && entry.status === 200) return
      const level = entry.status >= 500 || entry.duration > 1000 ? 'warn' : 'info'
      print(JSON.stringify({ level, ...entry }))
    },
  })
}
// #endregion

// #region app
export function createApp(print: (line: string) => void): App {
  return new App({
    middleware: [logRequests(print), requestId()],
    routes: [
      route.get('/health', () => 'up'),
      route.get('/cart/:sku', () => 'a cup'),
      route.get('/broken', () => {
        throw new Error('on purpose')
      }),
    ],
    onError: () => {},
  })
}
// #endregion
