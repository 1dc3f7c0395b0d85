import assert from 'node:assert/strict'
import type { Session } from '../../../sessions/index.js'
import type { StoredCookie } from '../../cookie-jar.js'
import type { TestClient } from '../../test-client.js'

/** What a handler does with the session of its request. */
export type Act = (session: Session) => unknown

/** The response to one request, and what its act returned. */
export interface Visited {
  readonly status: number
  /** What the act returned; `undefined` when it did not run, or threw. */
  readonly result: unknown
  /** Whether the handler was reached. */
  readonly hasRun: boolean
  readonly setCookies: readonly string[]
  readonly headers: Headers
}

/** Somebody with a browser. Each request runs an act of the test on the session. */
export class Visitor {
  readonly #client: TestClient
  readonly #register: (act: Act) => string
  readonly #lastError: () => unknown

  constructor(client: TestClient, register: (act: Act) => string, lastError: () => unknown) {
    this.#client = client
    this.#register = register
    this.#lastError = lastError
  }

  /** The one cookie of the browser. */
  get cookie(): StoredCookie {
    const [cookie, ...others] = this.#client.cookies
    assert.ok(cookie, 'the browser has got no cookie')
    assert.deepEqual(others, [], 'the browser has got more than one cookie')
    return cookie
  }

  /** The `Cookie` header of the browser, for somebody else to send again. */
  get header(): string {
    return `${this.cookie.name}=${this.cookie.value}`
  }

  get hasCookie(): boolean {
    return this.#client.cookies.size > 0
  }

  /** Sends a request that has to succeed, and returns what the act returned. */
  async visit(act: Act, header?: string): Promise<unknown> {
    const { status, result } = await this.attempt(act, header)
    if (status < 300) return result
    throw new Error(`a request that should succeed was answered with ${status}`, {
      cause: this.#lastError(),
    })
  }

  /**
   * Sends a request with the cookies of the browser, or with others. The browser keeps the cookies of the
   * response in both cases.
   */
  async attempt(act: Act, header?: string): Promise<Visited> {
    let hasRun = false
    let result: unknown
    const path = this.#register(async (session) => {
      hasRun = true
      result = await act(session)
    })
    const options = header === undefined ? {} : { headers: { cookie: header } }
    const { status, headers } = await this.#client.post(path, undefined, options)
    return { status, result, hasRun, setCookies: headers.getSetCookie(), headers }
  }

  /** The data of the session, read by another request. */
  async data(header?: string): Promise<Record<string, unknown>> {
    return (await this.visit((session) => session.toObject(), header)) as Record<string, unknown>
  }

  /** Begins a session with this data. */
  async begin(data: Record<string, unknown> = { begun: true }): Promise<this> {
    await this.visit((session) => {
      for (const [key, value] of Object.entries(data)) session.set(key, value)
    })
    return this
  }

  /** Asserts that this header opens no session. */
  async opensNothing(header: string, message: string): Promise<void> {
    const found = await this.visit((session) => [session.isNew, session.toObject()], header)
    assert.deepEqual(found, [true, {}], message)
  }
}
