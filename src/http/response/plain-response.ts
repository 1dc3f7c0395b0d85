import { FastResponse } from 'srvx'

/** The name, in lower case, and the content of a header that is sent. */
export type HeaderLine = readonly [name: string, content: string]

/** What is known of srvx's response on Node: it makes its `Headers`, and the standard `Response` inside, when they are asked for. */
interface LazyResponse extends Omit<Response, 'headers'> {
  get headers(): Headers
  get _response(): Response
}

const Lazy = FastResponse as unknown as new (
  body: string | null,
  init: { readonly status: number; readonly headers: readonly HeaderLine[] },
) => LazyResponse

/**
 * The response that a plain value becomes: a status, a text and some lines, which go to the socket as they
 * are. Once somebody looks into its headers or its body it is a response like any other.
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

  /** Whether it is one into which nobody has looked, who might have changed something there. */
  static isPlain(response: Response): response is PlainResponse {
    return #isPlain in response && response.#isPlain
  }

  override get headers(): Headers {
    this.#isPlain = false
    return super.headers
  }

  override get _response(): Response {
    this.#isPlain = false
    return super._response
  }

  /** The same with more lines. */
  with(lines: readonly HeaderLine[]): PlainResponse {
    return new PlainResponse(this.content, this.status, [...this.lines, ...lines])
  }
}

/**
 * Whether a response sends a header.
 *
 * @param name in lower case.
 */
export function hasHeader(response: Response, name: string): boolean {
  if (!PlainResponse.isPlain(response)) return response.headers.has(name)
  return response.lines.some(([each]) => each === name)
}
