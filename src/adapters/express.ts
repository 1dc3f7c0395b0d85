/**
 * Handlers and middleware of Express that ask by type.
 *
 * @module ingot/express
 */
import type { IncomingMessage } from 'node:http'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { CallSite, type AnyToken, type Values } from '../di/index.js'
import type { App, HostFunction, NodeHostFacts } from '../http/index.js'
import { mountNode, nodeHandler, type NodeHost } from './node-hosts.js'

/** Makes handlers and middleware of Express that ask by type: `shop.post('/cart/:sku', handle([Cart], …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then what Express gives: the request, the response and `next`.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (
      ...values: [...Values<Tokens>, req: Request, res: Response, next: NextFunction]
    ) => unknown,
  ): RequestHandler
  /** @param fn asks by the annotations of its parameters; those of Express's types stand last. */
  (fn: HostFunction): RequestHandler
}

/**
 * Lets handlers of Express 4 or 5 ask an application for values: `const handle = handlers(app)`. All handlers and
 * middleware of one request share its values, such as the `Session`, which is stored before the first byte of the
 * response leaves. Errors go to Express, with a `status`; a session that cannot be stored is a 503 in the place of
 * what the handler sent.
 *
 * @param shop the Express application, so that `app.ready()` names its routes in messages.
 */
export function handlers(app: App, shop?: RoutesOfExpress): Handle {
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): RequestHandler {
    const routeOf = (): string | undefined => routeIn(stackOf(shop), handler)
    const handling = nodeHandler(app, EXPRESS, given, { site: new CallSite(handle), routeOf })
    const handler: RequestHandler = (req, res, next) => handling(req, res, next, next)
    return handler
  }
}

/**
 * Serves a whole application below a path: `shop.use('/account', mount(app))`. Paths without a route go on to Express.
 */
export function mount(app: App): RequestHandler {
  return (req, res, next) => {
    mountNode(app, EXPRESS, (_req, _res, error) => next(error))(req, res)
  }
}

/** What is read of an Express application: `router` of Express 5, `_router` of Express 4. */
export interface RoutesOfExpress {
  readonly router?: { readonly stack: readonly Layer[] } | undefined
}

/** Express 4 throws at whoever reads its `router`. */
function stackOf(shop: RoutesOfExpress | undefined): readonly Layer[] {
  const { _router: older } = (shop ?? {}) as { readonly _router?: RoutesOfExpress['router'] }
  return (older ?? shop?.router)?.stack ?? []
}

interface Layer {
  readonly handle?: unknown
  readonly route?: {
    readonly path: unknown
    readonly stack: readonly { readonly handle: unknown; readonly method?: string }[]
  }
}

/** The route whose handler it is; routers within have their path in a closure, so theirs is not known. */
function routeIn(stack: readonly Layer[], handler: RequestHandler): string | undefined {
  for (const { route, handle } of stack) {
    const found = route?.stack.find((one) => one.handle === handler)
    if (found) return `${found.method?.toUpperCase() ?? 'ALL'} ${String(route!.path)}`
    const { stack: inner } = (handle ?? {}) as { stack?: readonly Layer[] }
    const below = inner && routeIn(inner, handler)
    if (below !== undefined) return below
  }
  return undefined
}

type ExpressRequest = IncomingMessage & Partial<Request>

/** What Express knows by its `trust proxy`; read when somebody asks. */
class ExpressFacts implements NodeHostFacts {
  readonly #req: ExpressRequest

  constructor(req: ExpressRequest) {
    this.#req = req
  }

  get isHttps(): boolean {
    return this.#req.secure === true
  }

  get ip(): string | undefined {
    return this.#req.ip
  }

  get host(): string | undefined {
    const { headers, app, socket } = this.#req
    const forwarded = headers['x-forwarded-host']
    const isTrusted = app?.get('trust proxy fn') as
      | ((ip: string, hop: number) => boolean)
      | undefined
    if (forwarded === undefined || !isTrusted?.(socket.remoteAddress ?? '', 0)) return headers.host
    return String(forwarded).split(',')[0]?.trim()
  }

  get target(): string {
    return this.#req.originalUrl ?? this.#req.url ?? '/'
  }

  get base(): string {
    return this.#req.baseUrl ?? ''
  }
}

/** @internal - for `ingot/nest`. */
export const EXPRESS: NodeHost<ExpressRequest> = {
  name: 'Express',
  types: /^(?:express\.)?(?:Request|Response|NextFunction)\b/,
  factsOf: (req) => new ExpressFacts(req),
  paramsOf: (req) => req.params,
}
