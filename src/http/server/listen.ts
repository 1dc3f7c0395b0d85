import asyncHooks from 'node:async_hooks'
import type { Server as NodeServer } from 'node:http'
import { serve, type Server } from 'srvx'
import type { Door } from '../request/door.js'
import { checkListenOptions, type ListenOptions } from './listen-options.js'
import { Connections } from './connections.js'
import { EventStreams } from './event-streams.js'
import { fetchListener, refuseOffNode } from './fetch-listener.js'
import { RequestGate } from './request-gate.js'
import { clientErrorListener } from './client-errors.js'
import { expectationListener, nodeListener, type RequestHandler } from './node-listener.js'
import { checkLimit, limitsOf, nodeOptions } from './limits.js'
import { Place } from './place.js'

/** A server that `App.listen` started. */
export interface RunningServer extends AsyncDisposable {
  /** Its address without a slash at the end: `http://localhost:3000`, or `unix:` and the path of a socket. */
  readonly url: string
  /** 0 for a socket that has none. */
  readonly port: number
  /** The server of Node, for example to take the upgrades of WebSockets; `undefined` on other runtimes. */
  readonly node: NodeServer | undefined
  /** Closes the application: ends the requests in flight, then the singletons. */
  close(): Promise<void>
}

/** A listening server, as `App` stops it. */
export interface Listening extends Pick<RunningServer, 'url' | 'port' | 'node'> {
  /**
   * Ends event streams, serves until `beforeClose` is over, takes no new request then, waits for those in
   * flight, and cuts what is left after `drainTimeout`.
   */
  stop(): Promise<void>
}

/** What is served. */
export interface Application extends RequestHandler {
  close(): Promise<void>
}

/**
 * Serves an application with srvx.
 *
 * @throws Error when the place cannot be had, for example EADDRINUSE.
 * @throws RangeError, TypeError when an option cannot work.
 */
export async function listen(
  app: Application,
  door: Door,
  largestBody: number,
  options: ListenOptions,
): Promise<Listening> {
  checkListenOptions(options)
  const { tls, closeOn = [], trustProxy = false } = options
  const { beforeClose = 0, drainTimeout = 10_000 } = options
  const limits = limitsOf(options)
  checkLimit('beforeClose', beforeClose, 0)
  checkLimit('drainTimeout', drainTimeout, 0)
  const { headerLineLimit } = limits
  const place = new Place(options)
  const gate = new RequestGate({ door, headerLineLimit, trustProxy })
  const [connections, streams] = [new Connections(), new EventStreams()]
  const server = serve({
    // For other runtimes: on Node the listener below takes the requests.
    fetch: fetchListener(app, door, gate),
    ...place.options,
    ...(tls && { tls }),
    // Other runtimes read the body of a `Request` themselves; the limits of routes hold beneath this one.
    maxRequestBodySize: largestBody,
    // `onError` hears of errors, and `closeOn` takes signals.
    silent: true,
    gracefulShutdown: false,
    manual: true,
    node: {
      ...nodeOptions(limits),
      ...place.node,
      // Node's limits and its shutdown work for HTTP/1 only; HTTP/2 is a proxy's job.
      http2: false,
    },
  })
  const node = server.node?.server as NodeServer | undefined
  if (!node) refuseOffNode(options, server.runtime)
  if (node) {
    keepShapeOfTicks()
    const serving = { gate, connections, streams }
    node.removeAllListeners('request').on('request', nodeListener(app, serving))
    node.on('checkExpectation', expectationListener(serving))
    node.on('clientError', clientErrorListener(door, connections))
    // One more than is allowed, so that the gate notices.
    node.maxHeadersCount = headerLineLimit + 1
    connections.watch(node, limits)
  }
  await place.take(async () => server.serve())
  const forget = takeSignals(closeOn, app)
  const stop = async (): Promise<void> => {
    forget()
    connections.isStopping = true
    streams.end()
    if (beforeClose > 0) await new Promise((resolve) => setTimeout(resolve, beforeClose))
    if (node) connections.stop(node)
    await drain(server, drainTimeout)
    await connections.ended()
  }
  return { ...place.addressOf(server), node, stop }
}

/**
 * Node makes an object for each `process.nextTick`, of which a request has some. When a collection comes while there is
 * none, as in a quiet hour, V8 forgets their shape, and that call is slow for as long as the process lives: each request
 * takes a fifth longer. One that stays keeps the shape, and what an `AsyncLocalStorage` had for the first `listen`.
 */
function keepShapeOfTicks(): void {
  process.nextTick(() => (keptTick ??= asyncHooks.executionAsyncResource()))
}

let keptTick: object | undefined

/** The first signal closes the application; a second one ends the process, as it does without us. */
function takeSignals(signals: readonly NodeJS.Signals[], app: Application): () => void {
  const forget = (): void => {
    for (const signal of signals) process.off(signal, close)
  }
  const close = (): void => {
    forget()
    const failed = (error: unknown): void => {
      // oxlint-disable-next-line eslint/no-console -- nobody awaits what a signal started
      console.error('The application could not be closed:', error)
      process.exitCode = 1
    }
    void app.close().catch(failed).then(leaveParent)
  }
  for (const signal of signals) process.on(signal, close)
  return forget
}

/**
 * The channel to the parent would keep a process alive. A worker of node:cluster, and of PM2, waits for an answer of
 * its parent first: connections that were handed to it in the meantime go back to the parent, which gives them to
 * another worker. A worker that ends without it leaves them open for ever, with nobody to answer.
 */
async function leaveParent(): Promise<void> {
  if (!process.channel) return
  const { default: cluster } = await import('node:cluster')
  if (cluster.worker) cluster.worker.disconnect()
  else process.channel?.unref()
}

async function drain(server: Server, timeout: number): Promise<void> {
  const cut = setTimeout(() => void server.close(true), timeout)
  await server.close().finally(() => clearTimeout(cut))
}
