import { stringifySetCookie, type SetCookie } from 'cookie'
import {
  checkedAttributes,
  checkedName,
  CookieError,
  type CookieAttributes,
} from './cookie-attributes.js'

/**
 * A name with attributes, checked once for all the cookies that are made of it.
 *
 * @internal
 */
export class CookieForm {
  readonly name: string
  readonly attributes: CookieAttributes
  /** See `cookieIdentity`. */
  readonly identity: string
  /** What follows the value in the header. */
  readonly #rest: string

  /** @throws CookieError as `Cookie` does, for all but the value. */
  constructor(name: string, attributes: CookieAttributes) {
    this.name = checkedName(name)
    this.attributes = Object.freeze(checkedAttributes(name, attributes))
    this.identity = cookieIdentity(name, this.attributes)
    this.#rest = this.#stringify('').slice(name.length + 1)
  }

  /**
   * The content of the `Set-Cookie` header.
   *
   * @throws CookieError when the value cannot be encoded, or is larger than browsers take.
   */
  write(value: string): string {
    if (typeof value !== 'string')
      throw new CookieError('COOKIE_VALUE', this.name, 'its value must be a string')
    return /^[\w.~-]*$/.test(value) ? this.writeToken(value) : this.#writeEncoded(value)
  }

  /**
   * The same for a value of letters, digits, `-` and `_`, as our own tokens and ids are: percent-encoding does not
   * change it, and a long one is not looked through.
   */
  writeToken(value: string): string {
    this.#checkSize(this.name.length + value.length)
    return `${this.name}=${value}${this.#rest}`
  }

  #writeEncoded(value: string): string {
    let header: string
    try {
      header = this.#stringify(value)
    } catch {
      // The message of the `cookie` package quotes the value, so it is dropped.
      throw new CookieError(
        'COOKIE_VALUE',
        this.name,
        'its value cannot be encoded, for example because of half a surrogate pair',
      )
    }
    this.#checkSize(header.length - this.#rest.length - 1)
    return header
  }

  #checkSize(size: number): void {
    if (size <= LARGEST) return
    throw new CookieError(
      'COOKIE_SIZE',
      this.name,
      `name and value take ${size} bytes, and browsers drop more than ${LARGEST}`,
    )
  }

  #stringify(value: string): string {
    const cookie = { name: this.name, value }
    return stringifySetCookie(
      Object.assign(Object.create(null), this.attributes, cookie) as SetCookie,
    )
  }
}

/** What makes two cookies one in a browser's store (RFC 6265bis 5.7). */
export function cookieIdentity(
  name: string,
  {
    domain = '',
    path = '/',
  }: { readonly domain?: string | undefined; readonly path?: string | undefined },
): string {
  // None of the three can contain a semicolon.
  return `${name};${domain.toLowerCase().replace(/^\./, '')};${path}`
}

const LARGEST = 4096
