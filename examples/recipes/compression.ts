import { App, Header, inject, Next, optional, route } from 'ingot'

// #region compress
const TEXT =
  /^(?:text\/(?!event-stream)|application\/(?:json|javascript|[\w.-]+\+(?:json|xml))|image\/svg\+xml)/

/** Packs texts for browsers that take it. */
export const compress = inject(
  [optional(Header('accept-encoding')), Next],
  async (accepted, next) => {
    const response = await next()
    const { body, status, headers } = response
    if (!body || headers.has('content-encoding') || !TEXT.test(headers.get('content-type') ?? ''))
      return response
    headers.append('vary', 'Accept-Encoding')
    const takesGzip = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(accepted ?? '')
    if (!takesGzip) return response
    headers.set('content-encoding', 'gzip')
    headers.delete('content-length')
    const etag = headers.get('etag')
    // The packed bytes are others: a strong tag would promise the same ones.
    if (etag?.startsWith('"')) headers.set('etag', `W/${etag}`)
    return new Response(body.pipeThrough(new CompressionStream('gzip')), { status, headers })
  },
)
// #endregion

export function createApp(): App {
  return new App({
    middleware: [compress],
    routes: [
      route.get('/long', () => 'tea, '.repeat(2000)),
      route.get(
        '/tagged',
        () => new Response('tea', { headers: { 'content-type': 'text/plain', etag: '"1"' } }),
      ),
      route.get('/bytes', () => new Uint8Array(5000)),
    ],
  })
}
