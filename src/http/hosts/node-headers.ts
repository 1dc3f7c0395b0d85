import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'
import type { HostHeaders } from './host-lines.js'

/** A header of a request of Node, by its name in lower case, as the host and its middleware have it. */
export function headerIn({ headers }: IncomingMessage, name: string): string | null {
  const content = headers[name]
  return (Array.isArray(content) ? content.join(', ') : content) ?? null
}

/** Node's headers as `addLines` takes them. */
export function headersOf(res: ServerResponse): HostHeaders {
  return new NodeHeaders(res)
}

class NodeHeaders implements HostHeaders {
  readonly #res: ServerResponse

  constructor(res: ServerResponse) {
    this.#res = res
  }

  get(name: string): string | null {
    const content = this.#res.getHeader(name)
    return content === undefined ? null : String(content)
  }

  set(name: string, content: string): void {
    this.#res.setHeader(name, content)
  }

  append(name: string, content: string): void {
    this.#res.appendHeader(name, content)
  }
}

/** The headers of a response at one moment. */
export type HeadersThen = readonly (readonly [name: string, content: OutgoingHttpHeader])[]

/** One list: for the few headers that are set before a handler runs, `getHeaders()` costs several times as much. */
export function headersNow(res: ServerResponse): HeadersThen {
  const headers: [string, OutgoingHttpHeader][] = []
  for (const name of res.getHeaderNames()) headers.push([name, res.getHeader(name)!])
  return headers
}

/** Drops what was set since. */
export function resetHeaders(res: ServerResponse, then: HeadersThen): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  for (const [name, content] of then) res.setHeader(name, content)
}

/** Sets what `writeHead` was given: a status, a phrase, and headers as an object or as a flat list. */
export function setHead(res: ServerResponse, [status, ...rest]: readonly unknown[]): void {
  const headers = typeof rest[0] === 'string' ? rest[1] : (rest[0] ?? rest[1])
  res.statusCode = status as number
  if (typeof rest[0] === 'string') res.statusMessage = rest[0]
  if (!Array.isArray(headers)) {
    for (const [name, content] of Object.entries(headers ?? {})) res.setHeader(name, content)
    return
  }
  const names = headers.filter((_, index) => index % 2 === 0) as string[]
  for (const name of names) res.removeHeader(name)
  for (const [index, name] of names.entries())
    res.appendHeader(name, headers[2 * index + 1] as string)
}

/** As Node does when the head has left. */
export function refuseHeader(): never {
  const error = new Error('Cannot set headers after they are sent to the client')
  throw Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}
