import { FastResponse } from 'srvx'

/** The name, in lower case, and the content of a header that is sent. */
export type HeaderLine = readonly [name: string, content: string]

const Lazy = FastResponse as unknown as new (
  body: string | null,
  init: { readonly status: number; readonly headers: readonly HeaderLine[] },
) => Response

/** The members of a response by which somebody can change its headers or use up its body. */
const OPENING = ['headers', 'body', 'arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']

/**
 * The response for a plain value: a status, a text and some header lines, which go to the socket as they
 * are. Once somebody opens its headers or its body it is a response like any other.
 */
export class PlainResponse extends Lazy {
  readonly content: string | null
  readonly lines: readonly HeaderLine[]
  #isPlain = true

  constructor(content: string | null, status: number, lines: readonly HeaderLine[]) {
    super(content, { status, headers: lines })
    this.content = content
    this.lines = lines
  }

  static {
    for (const member of OPENING.filter((name) => name in Lazy.prototype)) {
      const get = function (this: PlainResponse): unknown {
        this.#isPlain = false
        return Reflect.get(Lazy.prototype, member, this)
      }
      Object.defineProperty(this.prototype, member, { get })
    }
  }

  /** Whether a response is one that nobody has opened. */
  static isPlain(response: Response): response is PlainResponse {
    return #isPlain in response && response.#isPlain
  }

  /** The same with more lines. */
  with(lines: readonly HeaderLine[]): PlainResponse {
    return new PlainResponse(this.content, this.status, [...this.lines, ...lines])
  }
}
