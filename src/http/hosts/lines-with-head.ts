import type { ServerResponse } from 'node:http'
import { addLines } from './host-lines.js'
import { headersOf, setHead } from './node-headers.js'
import type { HostHead, RequestScope } from './request-scope.js'

/**
 * Adds the lines of a scope that was left when the head of a Node response is written, whoever writes it: beside what
 * the framework sends by then, and also after an error, for which some drop all headers that they had.
 */
export function addWithHead(res: ServerResponse, scope: RequestScope): void {
  const held: { writeHead: (...given: never[]) => unknown } = res
  const { writeHead } = held
  const adding = (...given: readonly unknown[]): unknown => {
    held.writeHead = writeHead
    setHead(res, given)
    const head: HostHead = { status: res.statusCode, has: (name) => res.hasHeader(name) }
    addLines(headersOf(res), scope.linesFor(head))
    return Reflect.apply(writeHead, res, [res.statusCode])
  }
  held.writeHead = adding
}
