import { inject, type AnyToken } from '../../../src/di/index.js'
import { App, route } from '../../../src/http/index.js'

/** The response to `GET /` from a handler. */
export async function responseOf(
  handler: (...injected: never[]) => unknown,
  tokens: readonly AnyToken[] = [],
  init?: RequestInit,
): Promise<Response> {
  const app = new App({
    routes: [route.get('/', inject(tokens, handler))],
    onError: () => {},
  })
  return app.fetch(new Request('http://localhost/', init))
}
