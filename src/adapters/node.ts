/**
 * Listeners of `node:http` that ask by type.
 *
 * @module ingot/node
 */
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { CallSite, type AnyToken, type Values } from '../di/index.js'
import {
  NodeHostExchange,
  type App,
  type HostFunction,
  type NodeHostFacts,
  type RequestScope,
} from '../http/index.js'
import { enterNode, mountNode, nodeHandler, type NodeHost } from './node-hosts.js'

export { addLines, headersOf, NodeHostExchange, type HostHeaders } from '../http/index.js'
export type { NodeHostFacts } from '../http/index.js'

/** A listener of a server of Node. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => void

/** Makes listeners that ask by type: `createServer(handle([Session], (session, req, res) => …))`. */
export interface Handle {
  /**
   * @param tokens what it asks for.
   * @param fn is given that, and then the request and the response.
   */
  <const Tokens extends readonly AnyToken[]>(
    tokens: Tokens,
    fn: (...values: [...Values<Tokens>, req: IncomingMessage, res: ServerResponse]) => unknown,
  ): Listener
  /** @param fn asks by the annotations of its parameters; those of Node's types stand last. */
  (fn: HostFunction): Listener
}

/**
 * Lets listeners of `node:http`, and of whatever is made of them, ask an application for values. All that ask within
 * one request share its values, such as the `Session`, which is stored before the first byte of the response leaves.
 * An error of a listener is the response, and `onError` of the application hears of a 5xx.
 *
 * @param facts what the server knows of a request better than its socket, such as a trusted proxy's address.
 */
export function handlers(
  app: App,
  facts: (req: IncomingMessage) => NodeHostFacts = () => ({}),
): Handle {
  const host: NodeHost<IncomingMessage> = { ...NODE, factsOf: facts }
  return function handle(
    ...given: readonly [HostFunction] | readonly [readonly AnyToken[], HostFunction]
  ): Listener {
    const place = { site: new CallSite(handle), routeOf: () => undefined }
    const handling = nodeHandler(app, host, given, place)
    return (req, res) => {
      handling(req, res, (error) => fail(enterNode(app, host, req, res), res, error))
    }
  }
}

/**
 * The scope of a request, for frameworks that have no adapter. The head of its response is held until the scope has
 * been left, which happens when somebody begins to send.
 */
export function enter(
  app: App,
  req: IncomingMessage,
  res: ServerResponse,
  facts: NodeHostFacts = {},
): RequestScope {
  return enterNode(app, { ...NODE, factsOf: () => facts }, req, res)
}

/**
 * The scope of a request that asks for another protocol, such as that of WebSockets. Add what `leave({ status: 101 })`
 * gives to the head; the scope ends with the socket.
 *
 * @throws HttpError 403 when a page of another website asks.
 */
export function enterUpgrade(
  app: App,
  req: IncomingMessage,
  socket: Duplex,
  facts: NodeHostFacts = {},
): RequestScope {
  const scope = app.enter(new NodeHostExchange(req, socket, facts))
  socket.once('close', () => scope.done())
  return scope
}

/**
 * Serves a whole application within a server: `createServer(mount(app, otherwise))`.
 *
 * @param otherwise takes the requests whose path has no route. Default: they are a 404.
 */
export function mount(
  app: App,
  otherwise?: Listener,
  facts: (req: IncomingMessage) => NodeHostFacts = () => ({}),
): Listener {
  const host: NodeHost<IncomingMessage> = { ...NODE, factsOf: facts }
  return mountNode(app, host, (req, res, error) => {
    if (error !== undefined) return fail(enterNode(app, host, req, res), res, error)
    if (otherwise) return otherwise(req, res)
    res.statusCode = 404
    res.end()
  })
}

/** What has begun is cut, so that nobody takes it for whole. */
function fail(scope: RequestScope, res: ServerResponse, error: unknown): void {
  const response = scope.failed(error)
  if (res.headersSent) return void res.destroy()
  res.statusCode = response.status
  for (const [name, content] of response.headers) res.setHeader(name, content)
  void response.text().then((text) => res.end(text))
}

const NODE: NodeHost<IncomingMessage> = {
  name: 'node:http',
  types: /^(?:http\.)?(?:IncomingMessage|ServerResponse)\b/,
  classes: [IncomingMessage, ServerResponse],
  factsOf: () => ({}),
  paramsOf: () => undefined,
}
