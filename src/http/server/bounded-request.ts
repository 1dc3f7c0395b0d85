import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest } from 'srvx/node'
import { parseForm } from '../forms/parse-form.js'
import type { FormLimits } from '../forms/form-limits.js'
import type { BodyBounds } from '../request/body-collector.js'
import { readStream } from '../request/read-body.js'
import { collected, bodyStream, type Body } from './message-body.js'

/** What the body of a request may cost, and a form in it. */
export interface RequestBounds extends BodyBounds {
  readonly formLimits: Required<FormLimits>
}

type BodyMember =
  | 'body'
  | 'bodyUsed'
  | 'text'
  | 'json'
  | 'bytes'
  | 'arrayBuffer'
  | 'blob'
  | 'formData'
  | 'clone'

/** srvx's request, which makes everything but the body on demand. */
const Unbounded = NodeRequest as unknown as new (from: {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}) => Omit<Request, BodyMember>

/**
 * A standard request whose body is bounded, however it is read. What comes after the limit is thrown away and
 * the connection stays whole, so that the client reads its 413: cancelling Node's stream would cut it, together
 * with the response and the next request (RFC 9112 9.3).
 */
export class BoundedRequest extends Unbounded {
  readonly #message: IncomingMessage
  readonly #bounds: () => RequestBounds
  #stream: Body | null | undefined
  #standard: Request | undefined
  #isCollected = false
  #isRead = false

  /** @param bounds asked when the body is read: the route is known then. */
  constructor(res: ServerResponse, bounds: () => RequestBounds) {
    super({ req: res.req, res })
    this.#message = res.req
    this.#bounds = bounds
  }

  get body(): Body | null {
    if (this.#standard) return this.#standard.body
    if (this.#stream === undefined) {
      const isThere = this.#hasBody && !this.#isCollected
      this.#stream = isThere
        ? bodyStream(this.#message, this.#bounds, () => (this.#isRead = true))
        : null
    }
    return this.#stream
  }

  get bodyUsed(): boolean {
    return this.#isCollected || (this.#standard?.bodyUsed ?? this.#isRead)
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.collect())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(await this.collect())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer
  }

  async blob(): Promise<Blob> {
    const type = this.headers.get('content-type') ?? ''
    return new Blob([await this.bytes()], { type })
  }

  async formData(): Promise<FormData> {
    const { formLimits } = this.#bounds()
    const form = parseForm(await this.collect(), this.headers.get('content-type'), formLimits)
    if (form) return form
    throw new TypeError('The body is not a valid form')
  }

  clone(): Request {
    const { url, method, headers, signal, body } = this
    this.#standard ??= new Request(url, {
      method,
      headers,
      signal,
      ...(body && { body, duplex: 'half' }),
    })
    return this.#standard.clone()
  }

  /** The whole body, as events of Node: a stream of its own takes longer than a small body does. */
  collect(): Promise<Uint8Array> {
    if (this.#isCollected) return Promise.reject(new TypeError('The body was read before'))
    if (this.#stream || this.#standard) return readStream(this.body, this.#bounds())
    this.#isCollected = true
    return this.#hasBody
      ? collected(this.#message, this.#bounds())
      : Promise.resolve(new Uint8Array())
  }

  get #hasBody(): boolean {
    return this.method !== 'GET' && this.method !== 'HEAD'
  }
}
