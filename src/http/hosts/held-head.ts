import type { ServerResponse } from 'node:http'
import type { HeaderLine } from '../response/plain-response.js'
import { HeldDrains } from './held-drains.js'
import { addLines } from './host-lines.js'
import {
  headersNow,
  headersOf,
  refuseHeader,
  resetHeaders,
  setHead,
  type HeadersThen,
} from './node-headers.js'
import { asDictionary } from './node-host-exchange.js'
import type { HostHead, RequestScope } from './request-scope.js'

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

/** A method of the response, as it was before it was held. */
type Method = (...given: never[]) => unknown

/** The methods that are put in place. */
interface Held {
  write: Method
  end: Method
  flushHeaders: Method
  writeHead: Method
}

const NOTHING: readonly unknown[] = []

class HeldHead implements HostHead {
  readonly #res: ServerResponse
  readonly #scope: RequestScope
  readonly #writeHead: Method
  readonly #end: Method
  readonly #before: HeadersThen
  /** What the connection had written before: a handler may write to it past the response. */
  readonly #written: number | undefined
  /** `held` until the handler begins to send, `leaving` until the scope is left, then `sent` or `failed`. */
  #state: 'held' | 'leaving' | 'sent' | 'failed' = 'held'
  /** What the handler has called while the scope was being left. */
  #calls: [Method, readonly unknown[]][] | undefined
  #bytes = 0
  #isPaused = false
  #isClosed = false
  #drains: HeldDrains | undefined
  /** A `setHeader` that somebody else has put in place. */
  #own: PropertyDescriptor | undefined

  constructor(res: ServerResponse, scope: RequestScope) {
    this.#res = res
    this.#scope = scope
    const held: Held = res
    this.#writeHead = held.writeHead
    this.#end = held.end
    this.#before = headersNow(res)
    this.#written = res.socket?.bytesWritten
  }

  get status(): number {
    return this.#res.statusCode
  }

  has(name: string): boolean {
    return this.#res.hasHeader(name)
  }

  /** The methods stay in place: another middleware may have wrapped them since. */
  hold(): void {
    const res = this.#res
    const held: Held = res
    asDictionary(res)
    const { write, end, flushHeaders } = held
    const heldWrite = (...given: unknown[]): unknown => this.#send(write, given)
    const heldEnd = (...given: unknown[]): unknown => {
      const sent = this.#send(end, given)
      return this.#state === 'sent' ? sent : res
    }
    const heldFlush = (): unknown => this.#send(flushHeaders, NOTHING)
    const heldWriteHead = (...given: unknown[]): unknown => this.#writeHeld(given)
    held.write = heldWrite
    held.end = heldEnd
    held.flushHeaders = heldFlush
    held.writeHead = heldWriteHead
    // Somebody else's, such as a compression's: its stream would not hear of our `drain`.
    if (Object.hasOwn(res, 'on')) this.#drains = new HeldDrains(res)
    res.once('close', () => this.#closed())
  }

  #writeHeld(given: readonly unknown[]): unknown {
    if (this.#state === 'sent') return Reflect.apply(this.#writeHead, this.#res, given)
    if (this.#state === 'held') {
      setHead(this.#res, given)
      this.#leave()
    }
    return this.#res
  }

  /** Sends what the handler sends, now or when the scope is left. What is held returns whether more may follow at once. */
  #send(method: Method, given: readonly unknown[]): unknown {
    if (this.#state === 'held') this.#leave()
    if (this.#isSent) return Reflect.apply(method, this.#res, given)
    // After a failure nobody sends it.
    if (this.#state === 'failed') return true
    this.#bytes += sizeOf(given[0])
    if (this.#bytes > HELD_LIMIT) this.#calls = []
    else this.#calls?.push([method, given])
    if (this.#bytes >= HIGH_WATER_MARK) this.#pause()
    return !this.#isPaused
  }

  #pause(): void {
    this.#isPaused = true
    this.#drains ??= new HeldDrains(this.#res)
  }

  get #isSent(): boolean {
    return this.#state === 'sent'
  }

  #leave(): void {
    this.#state = 'leaving'
    try {
      const left = this.#scope.leave(this)
      if (left instanceof Promise) this.#wait(left)
      else this.#add(left)
    } catch (error) {
      this.#failed(error)
    }
  }

  #wait(left: Promise<readonly HeaderLine[]>): void {
    const res = this.#res
    this.#calls = []
    // Somebody may have put their own in place since.
    if (Object.hasOwn(res, 'on')) this.#drains ??= new HeldDrains(res)
    // As of a head that has been sent: who sends a second one hears of it.
    Object.defineProperty(res, 'headersSent', { value: true, configurable: true })
    this.#own = Object.getOwnPropertyDescriptor(res, 'setHeader')
    Object.defineProperty(res, 'setHeader', { value: refuseHeader, configurable: true })
    const go = (lines: readonly HeaderLine[]): void => {
      this.#release()
      if (this.#bytes > HELD_LIMIT) throw new Error(TOO_MUCH)
      this.#add(lines)
      this.#replay()
    }
    left.then(go).catch((error: unknown) => {
      this.#release()
      this.#failed(error)
    })
  }

  #release(): void {
    Reflect.deleteProperty(this.#res, 'headersSent')
    Reflect.deleteProperty(this.#res, 'setHeader')
    if (this.#own) Object.defineProperty(this.#res, 'setHeader', this.#own)
  }

  #add(lines: readonly HeaderLine[]): void {
    if (lines.length > 0) addLines(headersOf(this.#res), lines)
    this.#state = 'sent'
    if (this.#isClosed) this.#done()
  }

  #replay(): void {
    const res = this.#res
    for (const [method, given] of this.#calls!.splice(0)) Reflect.apply(method, res, given)
    this.#drains?.release(this.#isPaused && !res.writableNeedDrain)
  }

  /**
   * The handler does not hear of it: it has ended, as far as it knows. What it still writes is dropped. By the
   * methods as they were: a compression that has wrapped ours since would write its output where it is dropped.
   */
  #failed(error: unknown): void {
    const res = this.#res
    this.#state = 'failed'
    const response = this.#scope.failed(error)
    if (res.headersSent) return void res.destroy()
    void response.text().then((text) => {
      resetHeaders(res, this.#before)
      addLines(headersOf(res), [...response.headers])
      res.setHeader('content-length', Buffer.byteLength(text))
      // HTTP/2 has none.
      if (res.req.httpVersionMajor < 2) res.statusMessage = ''
      // The `end` of HTTP/2 calls `write`.
      this.#state = 'sent'
      Reflect.apply(this.#writeHead, res, [response.status])
      Reflect.apply(this.#end, res, [text])
      this.#state = 'failed'
      if (this.#isClosed) this.#done()
    })
  }

  #closed(): void {
    this.#isClosed = true
    if (this.#state === 'sent' || this.#state === 'failed') return this.#done()
    if (this.#state === 'leaving' || !this.#isPassedBy) return
    this.#scope.report(new Error(PASSED_BY))
    this.#scope.done()
  }

  /** Whether something left though the head is held. */
  get #isPassedBy(): boolean {
    const { req, headersSent } = this.#res
    return headersSent || req.socket.bytesWritten > (this.#written ?? Infinity)
  }

  #done(): void {
    this.#scope.done(this.#res.writableFinished ? undefined : this.#scope.exchange.signal.reason)
  }
}

function sizeOf(chunk: unknown): number {
  if (typeof chunk === 'string') return chunk.length
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

const PASSED_BY =
  'A handler wrote to the socket or to the HTTP/2 stream itself, so the head left before the session was stored, and ' +
  'its cookie is lost: send by the response, whose head is held.'

const TOO_MUCH =
  `The handler wrote more than ${HELD_LIMIT} bytes before its session was stored, ` +
  'although `write` had returned false: wait for `drain`, or use `pipe`.'
