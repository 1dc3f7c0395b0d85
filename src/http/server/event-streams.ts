import type { ServerResponse } from 'node:http'

/** How long a handler may take to end its stream when it is told, in milliseconds; then the connection is cut. */
const LAST_WORDS = 250

/** A request whose handler can be told, by its signal, that the response should end. */
interface Leaving {
  leave(reason: unknown): void
}

/**
 * The event streams that are open (HTML standard, 9.2). They never end by themselves, so a server that stops
 * tells them, and their visitors connect to another one. Other streams, such as downloads, may end.
 */
export class EventStreams {
  readonly #open = new Map<ServerResponse, Leaving>()
  #isOver = false

  /** Call it before the response is sent. */
  watch(res: ServerResponse, exchange: Leaving): void {
    this.#open.set(res, exchange)
    res.once('close', () => this.#open.delete(res))
    if (this.#isOver) this.#end(res, exchange)
  }

  /** Aborts the signals of their handlers, and of those that begin later; what has not ended shortly after is cut. */
  end(): void {
    this.#isOver = true
    for (const [res, exchange] of this.#open) this.#end(res, exchange)
  }

  #end(res: ServerResponse, exchange: Leaving): void {
    exchange.leave(new DOMException('The application closes', 'AbortError'))
    const cut = (): void => {
      if (this.#open.has(res)) res.destroy()
    }
    setTimeout(cut, LAST_WORDS).unref()
  }
}

/** Whether a response is an event stream. */
export function isEventStream(response: Response): boolean {
  return /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
}
