import type { ServerResponse } from 'node:http'
import { FastResponse } from 'srvx'
import { jsonOf } from './json-body.js'

/** The name, in lower case, and the content of a header that is sent. */
export type HeaderLine = readonly [name: string, content: string]

/** What a plain response sends. */
export type PlainContent = string | Uint8Array | null

const Lazy = FastResponse as unknown as new (body: PlainContent, init: Init) => Response

/** Whether the base class makes its `Headers` when they are asked for. Only that of Node does. */
const IS_LAZY = (FastResponse as unknown) !== globalThis.Response

interface Init {
  readonly status: number
  readonly headers: HeaderLine[]
}

/** The members of a response by which somebody can use up its body. */
const BODY = ['body', 'arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']

/**
 * The response for a plain value: a status, a text or bytes and some header lines, which go to the socket as
 * they are. Once somebody opens its headers or its body it is a response like any other.
 */
export class PlainResponse extends Lazy {
  readonly content: PlainContent
  /** The base class makes its `Headers` of them when they are first asked for. */
  readonly lines: HeaderLine[]
  #isPlain = true
  #isWhole = true

  /** @param lines belong to the response from here on. */
  constructor(content: PlainContent, status: number, lines: HeaderLine[]) {
    super(content, { status, headers: lines })
    this.content = content
    this.lines = lines
  }

  /**
   * The response for a text, for data and for nothing, which is nearly all that handlers return; `undefined` for
   * any other value.
   *
   * @throws TypeError when the data has no JSON form.
   */
  static of(value: unknown, status?: number): PlainResponse | undefined {
    const isText = typeof value === 'string'
    if (!isText && value !== undefined && !isData(value)) return undefined
    if (value === undefined || NULL_BODY.has(status))
      return new PlainResponse(null, status ?? 204, [])
    return isText
      ? new PlainResponse(value, status ?? 200, [TEXT_LINE])
      : new PlainResponse(jsonOf(value), status ?? 200, [JSON_LINE])
  }

  /** Adds the lines whose header is not there. Only for a response that nobody has opened. */
  addDefaults(defaults: readonly HeaderLine[]): void {
    next: for (const line of defaults) {
      for (const [present] of this.lines) if (present === line[0]) continue next
      this.lines.push(line)
    }
  }

  static {
    for (const member of ['headers', ...BODY].filter((name) => name in Lazy.prototype)) {
      const get = function (this: PlainResponse): unknown {
        if (this.#isPlain) this.#open()
        if (member !== 'headers') this.#isWhole = false
        return Reflect.get(Lazy.prototype, member, this)
      }
      Object.defineProperty(this.prototype, member, { get })
    }
  }

  #open(): void {
    this.#isPlain = false
    if (IS_LAZY) return
    // What came after the constructor, such as a cookie, is in the lines alone.
    const { headers } = this
    const names = [...headers.keys()]
    for (const name of names) headers.delete(name)
    for (const [name, content] of this.lines) headers.append(name, content)
  }

  /**
   * Puts the lines into the headers, for a server that reads them past the getters of this class: that of Bun, of
   * Deno and of workerd.
   */
  static forFetch(response: Response | Promise<Response>): Response | Promise<Response> {
    if (IS_LAZY) return response
    if (response instanceof Promise) return response.then((made) => PlainResponse.forFetch(made))
    if (PlainResponse.isPlain(response)) response.#open()
    return response
  }

  /** Whether a response is one that nobody has opened. */
  static isPlain(response: Response): response is PlainResponse {
    return #isPlain in response && response.#isPlain
  }

  /** The content, as long as nobody has opened the body; a middleware that sets headers does not. */
  static contentOf(response: Response): PlainContent | undefined {
    return #isWhole in response && response.#isWhole ? response.content : undefined
  }

  /** The same, with lines of its own. */
  copy(): PlainResponse {
    return new PlainResponse(this.content, this.status, this.lines.slice())
  }
}

/** Statuses that have no body (Fetch standard, "null body status"). */
export const NULL_BODY: ReadonlySet<number | undefined> = new Set([204, 205, 304])

const TEXT_LINE: HeaderLine = ['content-type', 'text/plain; charset=utf-8']
export const JSON_LINE: HeaderLine = ['content-type', 'application/json']

/** Whether a value is an ordinary object or list, as nearly all are that handlers return: it can only be JSON. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false
  // Some libraries make responses, files and streams without a class.
  return !('arrayBuffer' in value || 'stream' in value || Symbol.asyncIterator in value)
}

/**
 * Writes plain content to Node's response: directly to the socket, without a `Headers`, a stream or a promise. It was
 * made here, so that its phrase is that of its status.
 */
export function writePlain(
  res: ServerResponse,
  { status, lines, content }: Pick<PlainResponse, 'status' | 'lines' | 'content'>,
  sender?: { sent(res: ServerResponse): void },
): void {
  const head: string[] = []
  for (const [name, text] of lines) head.push(name, text)
  if (content !== null) {
    const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
    head.push('content-length', `${length}`)
  }
  res.writeHead(status, head)
  if (!content?.length || res.req.method === 'HEAD') res.end(sender && (() => sender.sent(res)))
  // Before version 24 Node's `end(content)` makes a second, empty chunk, and the kernel has to gather the two:
  // 11 to 18 percent of the time of a small request. `write` sends one chunk.
  else
    res.write(content, () => {
      res.end()
      sender?.sent(res)
    })
}
