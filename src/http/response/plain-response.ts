import { FastResponse } from 'srvx'

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
