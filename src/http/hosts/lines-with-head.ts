import type { ServerResponse } from 'node:http'
import { HeaderList } from './header-list.js'
import { addLines } from './host-lines.js'
import { headersOf, setHead } from './node-headers.js'
import type { RequestScope } from './request-scope.js'

type WriteHead = (status: number, ...rest: readonly unknown[]) => unknown

/**
 * Adds the lines of a scope that was left when the head of a Node response is written, whoever writes it: beside what
 * the framework sends by then, and also after an error, for which some drop all headers that they had.
 */
export function addWithHead(res: ServerResponse, scope: RequestScope): void {
  const held: { writeHead: WriteHead } = res as { writeHead: WriteHead }
  const { writeHead } = held
  // Somebody else's may know no lists, and those of HTTP/2 lose some of what stands in them twice.
  const isOfNode = writeHead === ofNode?.writeHead
  const adding: WriteHead = (status, ...rest) => {
    held.writeHead = writeHead
    const [headers] = rest
    if (isOfNode && rest.length < 2 && HeaderList.takes(headers) && !hasHeaders(res)) {
      const list = new HeaderList(status, headers)
      addLines(list, scope.linesFor(list))
      return writeHead.call(res, status, list.flat)
    }
    setHead(res, [status, ...rest])
    const head = { status: res.statusCode, has: (name: string) => res.hasHeader(name) }
    addLines(headersOf(res), scope.linesFor(head))
    return writeHead.call(res, res.statusCode)
  }
  held.writeHead = adding
}

/** Not every runtime has it, so it is not imported. */
const ofNode = globalThis.process?.getBuiltinModule?.('node:http')?.ServerResponse.prototype

function hasHeaders(res: ServerResponse): boolean {
  return res.getHeaderNames().length > 0
}
