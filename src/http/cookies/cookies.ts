/** What is known of where cookies came in. */
export interface CookieOrigin {
  readonly isLocalHttp: boolean
}

/**
 * The cookies of a request, by exact name, read-only. Parsed on the first look. Printing it shows the
 * names only.
 *
 * Split here and not by the `cookie` package, which keeps one value of a repeated name (a planted
 * cookie would hide the good one) and reads `__Host-sid =evil` as `__Host-sid`.
 */
export class Cookies {
  readonly #header: string
  readonly #origin: CookieOrigin | undefined
  #values: Map<string, string[]> | undefined

  /**
   * @param header the content of the `Cookie` header, if there is one.
   * @param origin where the request came in. Default: nothing is known of it.
   */
  constructor(header?: string | null, origin?: CookieOrigin) {
    this.#header = header ?? ''
    this.#origin = origin
  }

  /** Whether they came over plain http to this machine or the network around it, as while developing. */
  get isLocalHttp(): boolean {
    return this.#origin?.isLocalHttp ?? false
  }

  /** The first value under the name, percent-decoded; as it was sent when its escapes are malformed. */
  get(name: string): string | undefined {
    const first = this.#parsed().get(name)?.[0]
    return first === undefined ? undefined : decode(first)
  }

  /**
   * Every value under the name, in order, exactly as sent: quotes and escapes are part of it. Signed
   * and random tokens are compared with these, so that a token has one spelling.
   */
  getAll(name: string): readonly string[] {
    return this.#parsed().get(name) ?? []
  }

  has(name: string): boolean {
    return this.#parsed().has(name)
  }

  /** How many names there are. */
  get size(): number {
    return this.#parsed().size
  }

  /** Name and first value, decoded. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const [name, [first]] of this.#parsed()) yield [name, decode(first!)]
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Cookies(${[...this.#parsed().keys()].join(', ')})`
  }

  /** RFC 6265bis 5.6 without its leniency: no percent-decoding, no unquoting, no case folding. */
  #parsed(): Map<string, string[]> {
    if (this.#values) return this.#values
    const header = this.#header
    const values = (this.#values = new Map<string, string[]>())
    for (let start = 0; start < header.length;) {
      const semicolon = header.indexOf(';', start)
      const end = semicolon === -1 ? header.length : semicolon
      const pair = trim(header, start, end)
      const equals = pair.indexOf('=')
      if (equals > 0) {
        const name = pair.slice(0, equals)
        const value = trim(pair, equals + 1, pair.length)
        const sent = values.get(name)
        if (sent) sent.push(value)
        else values.set(name, [value])
      }
      start = end + 1
    }
    return values
  }
}

/** Space and tab only: `trim()` would also take a byte order mark and a no-break space. */
function trim(text: string, start: number, end: number): string {
  while (start < end && BLANKS.includes(text[start]!)) start++
  while (end > start && BLANKS.includes(text[end - 1]!)) end--
  return text.slice(start, end)
}

const BLANKS = ' \t'

function decode(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
