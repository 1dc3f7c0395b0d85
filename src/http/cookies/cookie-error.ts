/** Which rule a cookie breaks; stable across versions. */
export type CookieErrorCode = 'COOKIE_NAME' | 'COOKIE_VALUE' | 'COOKIE_ATTRIBUTE' | 'COOKIE_SIZE'

/** A cookie that a browser would refuse or misread. Thrown when it is made; never quotes the value. */
export class CookieError extends TypeError {
  readonly code: CookieErrorCode

  constructor(code: CookieErrorCode, name: unknown, rule: string) {
    super(`The cookie ${JSON.stringify(String(name))} is refused: ${rule}.`)
    this.name = 'CookieError'
    this.code = code
  }
}
