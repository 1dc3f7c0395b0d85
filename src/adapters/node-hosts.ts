import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyToken, Site } from '../di/index.js'
import {
  holdHead,
  NodeHostExchange,
  sendMounted,
  sourceOf,
  type App,
  type HostFunction,
  type NodeHostFacts,
  type RequestScope,
} from '../http/index.js'

/** What is particular to a framework on Node. */
export interface NodeHost<Req extends IncomingMessage> {
  /** Names it in messages: `Express`. */
  readonly name: string
  /** The types, as they are written, of what it gives its handlers. */
  readonly types: RegExp
  /** Those that are classes. */
  readonly classes?: readonly unknown[]
  readonly factsOf: (req: Req) => NodeHostFacts
  readonly paramsOf: (req: Req) => Readonly<Record<string, unknown>> | undefined
}

/** A handler of a framework on Node; its errors are given to `failed`, once. `next` is given to the function. */
export type NodeHandler<Req> = (
  req: Req,
  res: ServerResponse,
  failed: (error: unknown) => void,
  next?: unknown,
) => void

/** The scope of a request, and the head of its response held until the scope is left. */
export function enterNode<Req extends IncomingMessage>(
  app: App,
  host: NodeHost<Req>,
  req: Req,
  res: ServerResponse,
): RequestScope {
  const scope =
    app.entered(sourceOf(req)) ?? app.enter(new NodeHostExchange(req, res, host.factsOf(req)))
  if (scope.claim()) holdHead(res, scope)
  return scope
}

/** Makes handlers of functions that ask by type. */
export function nodeHandler<Req extends IncomingMessage>(
  app: App,
  host: NodeHost<Req>,
  given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction],
  { site, routeOf }: { readonly site: Site; readonly routeOf: () => string | undefined },
): NodeHandler<Req> {
  const [fn, tokens] = given.length === 1 ? given : [given[1], given[0]]
  const { name, types: hostTypes, classes: hostClasses } = host
  const ask = app.ask(tokens, fn, { host: name, hostTypes, hostClasses, site, routeOf })
  const call = (values: unknown[], req: Req, res: ServerResponse, next: unknown): unknown => {
    values.push(req, res)
    if (next !== undefined) values.push(next)
    return fn(...values)
  }
  return (req, res, failed, next) => {
    try {
      const values = ask(enterNode(app, host, req, res), host.paramsOf(req))
      const result =
        values instanceof Promise
          ? values.then((made) => call(made, req, res, next))
          : call(values, req, res, next)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** Serves a whole application; `next` is called for a path that has no route, and with an error of the wiring. */
export function mountNode<Req extends IncomingMessage>(
  app: App,
  host: NodeHost<Req>,
  next: (req: Req, res: ServerResponse, error?: unknown) => void,
): (req: Req, res: ServerResponse) => void {
  return (req, res) => {
    const exchange = new NodeHostExchange(req, res, host.factsOf(req))
    const failed = (error: unknown): void => next(req, res, error)
    const send = async (response: Response): Promise<void> =>
      sendMounted(res, response, exchange.base)
    try {
      const response = app.handleIfFound(exchange)
      if (!response) return next(req, res)
      Promise.resolve(response).then(send).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
