/** What is known of where cookies came in. */
export interface CookieOrigin {
  readonly isLocalHttp: boolean
}

/**
 * The cookies of a request, by exact name, read-only. Who asks for one name does not pay for the others. Printing it
 * shows the names only.
 *
 * Split here and not by the `cookie` package, which keeps one value of a repeated name (a planted
 * cookie would hide the good one) and reads `__Host-sid =evil` as `__Host-sid`: RFC 6265bis 5.6 without its
 * leniency, so no percent-decoding, no unquoting, no case folding.
 */
export class Cookies {
  readonly #header: string
  readonly #origin: CookieOrigin | undefined

  /**
   * @param header the content of the `Cookie` header, if there is one.
   * @param origin where the request came in. Default: nothing is known of it.
   */
  constructor(header?: string | null, origin?: CookieOrigin) {
    this.#header = header ?? ''
    this.#origin = origin
  }

  /** The first value under the name, percent-decoded; as it was sent when its escapes are malformed. */
  get(name: string): string | undefined {
    const [first] = this.getAll(name)
    return first === undefined ? undefined : decode(first)
  }

  /**
   * Every value under the name, in order, exactly as sent: quotes and escapes are part of it. Signed
   * and random tokens are compared with these, so that a token has one spelling.
   *
   * @param overHttp the name in its place when they came over plain http to this machine or the network around it,
   *   as while developing. Default: the same.
   */
  getAll(name: string, overHttp = name): readonly string[] {
    if (overHttp !== name && this.#origin?.isLocalHttp) name = overHttp
    const header = this.#header
    const values: string[] = []
    // No cookie has such a name.
    if (name === '' || name.includes('=')) return values
    for (let start = 0; start < header.length;) {
      const semicolon = header.indexOf(';', start)
      const end = semicolon === -1 ? header.length : semicolon
      while (start < end && isBlank(header, start)) start++
      const equals = start + name.length
      if (equals < end && header[equals] === '=' && header.startsWith(name, start))
        values.push(trimmed(header, equals + 1, end))
      start = end + 1
    }
    return values
  }

  has(name: string): boolean {
    return this.getAll(name).length > 0
  }

  /** How many names there are. */
  get size(): number {
    return this.#first().size
  }

  /** Name and first value, decoded. */
  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (const [name, first] of this.#first()) yield [name, decode(first)]
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Cookies(${[...this.#first().keys()].join(', ')})`
  }

  /** The first value of each name. */
  #first(): Map<string, string> {
    const values = new Map<string, string>()
    for (const part of this.#header.split(';')) {
      const pair = trimmed(part, 0, part.length)
      const name = pair.slice(0, Math.max(pair.indexOf('='), 0))
      if (name !== '' && !values.has(name))
        values.set(name, trimmed(pair, name.length + 1, pair.length))
    }
    return values
  }
}

/** A part without the blanks around it. Space and tab only: `trim()` would also take a byte order mark. */
function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text, start)) start++
  while (start < end && isBlank(text, end - 1)) end--
  return text.slice(start, end)
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code === SPACE || code === TAB
}

const SPACE = 32
const TAB = 9

function decode(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
