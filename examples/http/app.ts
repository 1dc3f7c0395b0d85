import {
  accessLog,
  App,
  cors,
  HttpError,
  inject,
  Next,
  Param,
  RequestId,
  requestId,
  Reply,
  route,
  securityHeaders,
} from 'ingot'

// #region timing
/** Says how long a request took, also one that failed or that no route takes. */
const timing = inject([Reply, Next], async (reply, next) => {
  const began = performance.now()
  await next()
  reply.headers.set('server-timing', `app;dur=${(performance.now() - began).toFixed(1)}`)
})
// #endregion

class OutOfStock extends Error {}

// #region errors
/** Errors of the domain become responses in one place. */
const domainErrors = inject([Next], async (next) => {
  try {
    return await next({ errors: 'throw' })
  } catch (error) {
    if (error instanceof OutOfStock) throw new HttpError(409, 'There is none left')
    throw error
  }
})
// #endregion

// #region pages
/** The page of an error, for browsers; programs get problem+json. */
function errorPage({ title, detail = '' }: { title: string; detail?: string | undefined }) {
  return `<!doctype html>
<title>${title}</title>
<h1>${title}</h1>
<p>${escape(detail)}</p>`
}
// #endregion

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

// #region group
const admin = route.group(
  '/admin',
  [
    route.get('/orders', () => ['A1', 'A2']),
    route.delete('/orders/:id', [Param('id')], (id) => `${id} is deleted`),
  ],
  { middleware: [inject([Next], requireAdmin)] },
)
// #endregion

function requireAdmin(): never {
  throw new HttpError(401)
}

/** Makes the application; `write` takes the lines of its access log. */
export function createApp(write: (entry: { status: number; route: string }) => void): App {
  // #region app
  return new App({
    middleware: [
      // The outermost sees what leaves, whatever happens inside.
      accessLog({ write }),
      requestId(),
      securityHeaders({ 'permissions-policy': 'camera=(), geolocation=()' }),
      cors({ origins: ['https://app.example'], credentials: true, maxAge: 600 }),
      timing,
      domainErrors,
    ],
    // Pages of the same partner may also send what changes something.
    crossOrigin: { trustedOrigins: ['https://app.example'] },
    errorPages: { html: errorPage },
    routes: [
      admin,
      route.get('/', [RequestId], (id) => `This is request ${id}`),
      route.post('/buy', () => {
        throw new OutOfStock()
      }),
    ],
  })
  // #endregion
}
