import type { CookieAttributes } from './cookie-attributes.js'
import { CookieForm } from './cookie-form.js'

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
  /** @internal See `cookieIdentity`. */
  readonly identity: string

  /**
   * @throws CookieError when a browser would refuse the cookie, drop one of its attributes or read
   * another cookie than was meant: a bad name, a broken prefix rule, a control character, a size.
   */
  constructor(name: string, value: string, attributes?: CookieAttributes)
  /** @internal - of a checked name and attributes, and a token: see `CookieForm.writeToken`. */
  constructor(form: CookieForm, value: string)
  constructor(given: string | CookieForm, value: string, attributes: CookieAttributes = {}) {
    const isChecked = given instanceof CookieForm
    const form = isChecked ? given : new CookieForm(given, attributes)
    this.name = form.name
    this.attributes = form.attributes
    this.identity = form.identity
    this.#value = value
    this.#header = isChecked ? form.writeToken(value) : form.write(value)
  }

  /** The cookie that makes a browser delete the one with this name, path and domain: empty, Max-Age=0. */
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
