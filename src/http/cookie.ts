import { stringifySetCookie, type SetCookie } from 'cookie'
import { checkedAttributes, checkedName, type CookieAttributes } from './cookie-attributes.js'
import { CookieError } from './cookie-error.js'

/**
 * One `Set-Cookie`, as an immutable value that is valid or was never made. `new Cookie(name, value)`
 * is HttpOnly, Secure, SameSite=Lax and has Path=/. The value is percent-encoded when it is sent and
 * decoded by `Cookies.get`. Printing one does not show its value.
 */
export class Cookie {
  readonly name: string
  readonly attributes: CookieAttributes
  readonly #value: string
  readonly #header: string

  /**
   * @throws CookieError when a browser would refuse the cookie, drop one of its attributes or read
   * another cookie than was meant: a bad name, a broken prefix rule, a control character, a size.
   */
  constructor(name: string, value: string, attributes: CookieAttributes = {}) {
    this.name = checkedName(name)
    this.attributes = Object.freeze(checkedAttributes(name, attributes))
    this.#value = value
    this.#header = written(this.name, value, this.attributes)
  }

  /** The cookie that makes a browser forget the one with this name, path and domain: empty, Max-Age=0. */
  static expired(name: string, attributes: CookieAttributes = {}): Cookie {
    const { expires: _, ...kept } = attributes
    return new Cookie(name, '', { ...kept, maxAge: 0 })
  }

  /** The value, before encoding. */
  get value(): string {
    return this.#value
  }

  /** The content of the `Set-Cookie` header. */
  toString(): string {
    return this.#header
  }

  toJSON(): object {
    return { name: this.name, attributes: this.attributes }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Cookie(${this.name}, ${this.#value.length} characters not shown)`
  }
}

const LARGEST = 4096

/** What the `cookie` package says in its messages is not passed on: it quotes the value. */
function written(name: string, value: string, attributes: CookieAttributes): string {
  if (typeof value !== 'string')
    throw new CookieError('COOKIE_VALUE', name, 'its value must be a string')
  const cookie = Object.assign(Object.create(null), attributes, { name, value }) as SetCookie
  let header: string
  try {
    header = stringifySetCookie(cookie)
  } catch {
    throw new CookieError(
      'COOKIE_VALUE',
      name,
      'its value cannot be encoded, for example because of half a surrogate pair',
    )
  }
  const end = header.indexOf(';')
  const size = (end === -1 ? header.length : end) - 1
  if (size > LARGEST)
    throw new CookieError(
      'COOKIE_SIZE',
      name,
      `name and value take ${size} bytes, and browsers drop more than ${LARGEST}`,
    )
  return header
}
