import type { ServerResponse } from 'node:http'
import { addLines, type HostHeaders } from './host-lines.js'
import type { RequestScope } from './request-scope.js'

/** The bytes that are held before `write` says that it is enough. */
const HIGH_WATER_MARK = 64 * 1024

/** The bytes that are held at most: a handler that goes on writing all the same would fill the memory. */
const HELD_LIMIT = 16 * 1024 * 1024

/**
 * Holds the head of a Node response until the scope of its request is left: the session is stored before the first
 * byte leaves, whatever the handler calls. What is written meanwhile is held in its order, and `write` returns false.
 * When the scope cannot be left, the response is its error, with nothing of what the handler has written or set.
 */
export function holdHead(res: ServerResponse, scope: RequestScope): void {
  new HeldHead(res, scope).hold()
}

type Method = 'write' | 'end' | 'flushHeaders' | 'writeHead' | 'on' | 'removeListener'
type Listener = (...given: unknown[]) => void

class HeldHead {
  readonly #res: ServerResponse
  readonly #scope: RequestScope
  /** `held` until the handler begins to send, `leaving` until the scope is left, then `sent` or `failed`. */
  #state: 'held' | 'leaving' | 'sent' | 'failed' = 'held'
  /** What the handler has called while the scope was being left. */
  #calls: (() => unknown)[] = []
  #bytes = 0
  #isPaused = false
  #isClosed = false
  /** Somebody else's, such as a compression's, may have put `on` in place: theirs would not hear of our `drain`. */
  readonly #drains = new Set<Listener>()
  /** A `setHeader` that somebody else has put in place. */
  #own: PropertyDescriptor | undefined
  readonly #before: Readonly<ReturnType<ServerResponse['getHeaders']>>

  constructor(res: ServerResponse, scope: RequestScope) {
    this.#res = res
    this.#scope = scope
    this.#before = { ...res.getHeaders() }
  }

  /** The methods stay in place: another middleware may have wrapped them since. */
  hold(): void {
    const res = this.#res
    this.#replace('write', (go, given) => this.#send(go, given[0]))
    this.#replace('end', (go, given) => {
      const sent = this.#send(go, given[0])
      return this.#state === 'sent' ? sent : res
    })
    this.#replace('flushHeaders', (go) => this.#send(go))
    this.#replace('writeHead', (go, given) => {
      if (this.#state === 'sent') return go()
      if (this.#state === 'held') setHead(res, given)
      this.#send(() => undefined)
      return res
    })
    this.#replace('on', (go, [event, listener]) => {
      if (event !== 'drain' || this.#state === 'sent') return go()
      this.#drains.add(listener as Listener)
      return res
    })
    this.#replace('removeListener', (go, [event, listener]) => {
      if (event === 'drain') this.#drains.delete(listener as Listener)
      return go()
    })
    res.once('close', () => {
      this.#isClosed = true
      if (this.#state === 'sent' || this.#state === 'failed') this.#done()
    })
  }

  #replace(name: Method, held: (go: () => unknown, given: readonly unknown[]) => unknown): void {
    const res = this.#res
    const original = res[name] as (...given: unknown[]) => unknown
    const method = (...given: unknown[]): unknown => {
      return held(() => Reflect.apply(original, res, given), given)
    }
    Reflect.set(res, name, method)
  }

  /** Sends what the handler sends, now or when the scope is left. Returns whether more may follow at once. */
  #send(call: () => unknown, chunk?: unknown): unknown {
    if (this.#state === 'sent') return call()
    if (this.#state === 'failed') return true
    this.#calls.push(call)
    if (this.#state === 'held') {
      this.#leave()
      // Nothing had to be waited for: the call has been made.
      if (!this.#isLeaving) return !this.#res.writableNeedDrain
    }
    this.#bytes += sizeOf(chunk)
    if (this.#bytes > HELD_LIMIT) this.#calls = []
    this.#isPaused ||= this.#bytes >= HIGH_WATER_MARK
    return !this.#isPaused
  }

  get #isLeaving(): boolean {
    return this.#state === 'leaving'
  }

  #leave(): void {
    const res = this.#res
    this.#state = 'leaving'
    try {
      const left = this.#scope.leave({ status: res.statusCode, has: (name) => res.hasHeader(name) })
      if (!(left instanceof Promise)) return this.#sent(left)
      // As of a head that has been sent: who sends a second one hears of it.
      Object.defineProperty(res, 'headersSent', { value: true, configurable: true })
      this.#own = Object.getOwnPropertyDescriptor(res, 'setHeader')
      Reflect.set(res, 'setHeader', refuse)
      left
        .then((lines) => {
          if (this.#bytes > HELD_LIMIT) throw new Error(TOO_MUCH)
          this.#sent(lines)
        })
        .catch((error: unknown) => this.#failed(error))
    } catch (error) {
      this.#failed(error)
    }
  }

  #sent(lines: readonly (readonly [string, string])[]): void {
    const res = this.#res
    this.#release()
    addLines(headersOf(res), lines)
    this.#state = 'sent'
    for (const call of this.#calls.splice(0)) call()
    for (const listener of this.#drains) {
      res.on('drain', listener)
      if (this.#isPaused && !res.writableNeedDrain) listener()
    }
    if (this.#isClosed) this.#done()
  }

  /** The handler does not hear of it: it has ended, as far as it knows. What it still writes is dropped. */
  #failed(error: unknown): void {
    const res = this.#res
    this.#release()
    const response = this.#scope.failed(error)
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    for (const [name, content] of Object.entries(this.#before))
      if (content !== undefined) res.setHeader(name, content)
    addLines(headersOf(res), [...response.headers])
    res.statusCode = response.status
    res.statusMessage = ''
    void response.text().then((text) => {
      this.#state = 'sent'
      res.end(text)
      this.#state = 'failed'
      if (this.#isClosed) this.#done()
    })
  }

  #release(): void {
    Reflect.deleteProperty(this.#res, 'headersSent')
    Reflect.deleteProperty(this.#res, 'setHeader')
    if (this.#own) Object.defineProperty(this.#res, 'setHeader', this.#own)
  }

  #done(): void {
    this.#scope.done(this.#res.writableFinished ? undefined : this.#scope.exchange.signal.reason)
  }
}

/** What `writeHead` was given: a status, a phrase, and headers as an object or as a flat list. */
function setHead(res: ServerResponse, [status, ...rest]: readonly unknown[]): void {
  const headers = typeof rest[0] === 'string' ? rest[1] : rest[0]
  res.statusCode = status as number
  if (typeof rest[0] === 'string') res.statusMessage = rest[0]
  if (!Array.isArray(headers)) {
    for (const [name, content] of Object.entries(headers ?? {})) res.setHeader(name, content)
    return
  }
  const names = headers.filter((_, index) => index % 2 === 0) as string[]
  for (const name of names) res.removeHeader(name)
  for (const [index, name] of names.entries())
    res.appendHeader(name, headers[2 * index + 1] as string)
}

/** Node's headers as `addLines` takes them. */
export function headersOf(res: ServerResponse): HostHeaders {
  return {
    get: (name) => {
      const content = res.getHeader(name)
      return content === undefined ? null : String(content)
    },
    set: (name, content) => void res.setHeader(name, content),
    append: (name, content) => void res.appendHeader(name, content),
  }
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

/** As Node does when the head has left. */
function refuse(): never {
  const error = new Error('Cannot set headers after they are sent to the client')
  throw Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' })
}

const TOO_MUCH =
  `The handler wrote more than ${HELD_LIMIT} bytes before its session was stored, ` +
  'although `write` had returned false: wait for `drain`, or use `pipe`.'
