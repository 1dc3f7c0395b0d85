import {
  aBoolean,
  aFunction,
  checkedElsewhere,
  checkOptions,
  describeGiven,
  isObject,
  type OptionRules,
} from '../di/index.js'
import type { Session } from '../sessions/index.js'
import { CookieJar } from './cookie-jar.js'
import { appendAll, encodeBody, type FieldValues, type SendBody } from './send-body.js'
import { askForSession, type SessionChoice } from './session-access.js'

/** Something that responds to requests: an `App`, or any object with the `fetch` of the web. */
export interface Fetchable {
  fetch(request: Request): Response | Promise<Response>
}

export interface TestClientOptions {
  /** The origin that the application sees. Default: `https://shop.test`. */
  readonly origin?: string
  /** Milliseconds since 1970, by which cookies expire. Default: `Date.now`. */
  readonly clock?: () => number
  /** Sent with every request, for example `accept-language`; those of a request win. Default: none. */
  readonly headers?: RequestInit['headers']
}

export interface SendOptions {
  /** Sent with the request; a `cookie` here replaces what the jar would send. */
  readonly headers?: RequestInit['headers']
  /** Added to the query of the path. */
  readonly query?: FieldValues
  /** Whether redirects are followed, as a browser follows them. Default: false. */
  readonly follow?: boolean
  /** Aborts the request, as a visitor does who closes the tab. */
  readonly signal?: AbortSignal
}

const CLIENT_RULES: OptionRules<TestClientOptions> = {
  origin: {
    isFine: (origin) => URL.canParse(String(origin)) && /^https?:/.test(String(origin)),
    rule: 'an http or https address',
  },
  clock: aFunction,
  headers: checkedElsewhere,
}

const SEND_RULES: OptionRules<SendOptions> = {
  headers: checkedElsewhere,
  query: { isFine: isObject, rule: 'an object of names and values' },
  follow: aBoolean,
  signal: { isFine: (signal) => signal instanceof AbortSignal, rule: 'an AbortSignal' },
}

/**
 * Makes a client that talks to an application without a server and keeps its cookies.
 *
 * ```ts
 * const client = testClient(app)
 * await client.post('/login', { form: { username: 'ada' } }, { follow: true })
 * expect(await client.json('/api/me')).toEqual({ username: 'ada' })
 * expect(client.cookies.get('__Host-session')?.httpOnly).toBe(true)
 * ```
 */
export function testClient(app: Fetchable, options: TestClientOptions = {}): TestClient {
  return new TestClient(app, options)
}

/** One visitor with a browser. {@link testClient} makes it. */
export class TestClient {
  /** The visitor's cookies: read them in assertions, plant or delete them to tamper. */
  readonly cookies: CookieJar
  readonly #app: Fetchable
  readonly #origin: URL
  readonly #headers: Headers

  constructor(app: Fetchable, options: TestClientOptions = {}) {
    if (typeof (app as Partial<Fetchable> | undefined)?.fetch !== 'function')
      throw new TypeError(
        `testClient() needs the application, or an object with fetch(request), not ${describeGiven(app)}: testClient(app).`,
      )
    checkOptions('testClient', options, CLIENT_RULES)
    this.#app = app
    this.#headers = new Headers(options.headers)
    this.#origin = new URL(options.origin ?? 'https://shop.test')
    this.cookies = new CookieJar(this.#origin, options.clock ?? Date.now)
  }

  /**
   * Begins a session with this data, or replaces the data of the visitor's session. It uses the application's own
   * store and none of its routes, so it works with any store:
   *
   * ```ts
   * const client = await testClient(app).withSession({ cart: [] }, { userId: 'ada' })
   * ```
   *
   * @throws TypeError when the client was not given an `App`.
   * @throws Error when the store fails, with the cause, or when a browser would refuse its cookie.
   */
  async withSession(
    data: Record<string, unknown>,
    options: SessionChoice & { readonly userId?: string } = {},
  ): Promise<this> {
    const response = await this.#inSession(options, (session) => {
      session.clear()
      for (const [key, value] of Object.entries(data)) session.set(key, value)
      if (options.userId !== undefined) session.bind(options.userId)
    })
    const set = response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')))
    if (set.every((name) => this.cookies.has(name))) return this
    throw new Error(
      `a browser at ${this.#origin.origin} refuses the cookie of the session: ${set.join(', ')}.`,
    )
  }

  /**
   * The data of the visitor's session, or `undefined` when there is none: for assertions. It counts as a visit,
   * so it may touch the session.
   *
   * @throws as `withSession` does.
   */
  async session<Data extends object = Record<string, unknown>>(
    options: SessionChoice = {},
  ): Promise<Partial<Data> | undefined> {
    let data: Partial<Data> | undefined
    await this.#inSession(options, (session) => {
      if (!session.isNew) data = session.toObject() as Partial<Data>
    })
    return data
  }

  /** Sends a GET. */
  get(path: string, options?: SendOptions): Promise<Response> {
    return this.send('GET', path, undefined, options)
  }

  /** Sends a POST. */
  post(path: string, body?: SendBody, options?: SendOptions): Promise<Response> {
    return this.send('POST', path, body, options)
  }

  /** Sends a PUT. */
  put(path: string, body?: SendBody, options?: SendOptions): Promise<Response> {
    return this.send('PUT', path, body, options)
  }

  /** Sends a PATCH. */
  patch(path: string, body?: SendBody, options?: SendOptions): Promise<Response> {
    return this.send('PATCH', path, body, options)
  }

  /** Sends a DELETE. */
  delete(path: string, options?: SendOptions): Promise<Response> {
    return this.send('DELETE', path, undefined, options)
  }

  /**
   * Sends a GET and reads the response as JSON.
   *
   * @throws when the status is not 2xx, with the status and the first 500 characters of the response.
   */
  async json<Value = unknown>(path: string, options?: SendOptions): Promise<Value> {
    const response = await this.get(path, options)
    if (response.ok) return (await response.json()) as Value
    const text = await response.text()
    throw new Error(`GET ${path} answered ${response.status}: ${text.slice(0, 500)}`)
  }

  /**
   * Sends a request of any method.
   *
   * @throws when `follow` meets more than 20 redirects, or one that leaves the application.
   */
  async send(
    method: string,
    path: string,
    body?: SendBody,
    options: SendOptions = {},
  ): Promise<Response> {
    checkOptions(`testClient, ${method} ${path}`, options, SEND_RULES)
    const target = this.#locate(path, this.#origin)
    appendAll(target.searchParams, options.query ?? {})
    let request = { method, url: target, body }
    for (let redirects = 0; redirects <= 20; redirects++) {
      const response = await this.#exchange(request, options)
      const location = response.headers.get('location')
      if (!options.follow || location === null || !isRedirect(response)) return response
      await response.body?.cancel()
      const url = this.#locate(location, request.url)
      request = becomesGet(response.status, request.method)
        ? { method: 'GET', url, body: undefined }
        : { ...request, url }
    }
    throw new Error(`${method} ${path} was redirected more than 20 times.`)
  }

  /** Sends the cookies of every path, because only the store knows which one is the session's. */
  async #inSession(options: SessionChoice, act: (session: Session) => void): Promise<Response> {
    const cookie = [...this.cookies].map(({ name, value }) => `${name}=${value}`).join('; ')
    const request = new Request(this.#origin, { method: 'POST', headers: { cookie } })
    const response = await askForSession(this.#app, request, options, act)
    this.cookies.store(response, '/')
    return response
  }

  async #exchange(
    { method, url, body }: { method: string; url: URL; body: SendBody | undefined },
    { headers: given, signal }: SendOptions,
  ): Promise<Response> {
    const headers = new Headers(this.#headers)
    new Headers(given).forEach((value, name) => headers.set(name, value))
    const cookies = this.cookies.header(url.pathname)
    if (cookies !== undefined && !headers.has('cookie')) headers.set('cookie', cookies)
    const init: RequestInit = { method, headers, ...(signal && { signal }) }
    if (body !== undefined) Object.assign(init, encodeBody(body, headers))
    const response = await this.#app.fetch(new Request(url, init))
    this.cookies.store(response, url.pathname)
    return response
  }

  #locate(path: string, base: URL): URL {
    const url = new URL(path, base)
    if (url.origin === this.#origin.origin) return url
    throw new Error(`${url.href} is not part of the application at ${this.#origin.origin}.`)
  }
}

function isRedirect(response: Response): boolean {
  return [301, 302, 303, 307, 308].includes(response.status)
}

/** Fetch, section "HTTP-redirect fetch": 303 always fetches, 301 and 302 turn a POST into a GET. */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'HEAD'
  return (status === 301 || status === 302) && method === 'POST'
}
