import { createHash } from 'node:crypto'
import type { Cluster, Redis } from 'ioredis'
import { systemTimer, within } from '../calls/deadline.js'
import { addressOf } from './clients/server-address.js'
import { reasonOf, RedisStoreError } from './redis-store-error.js'
import { writeScript } from './scripts.js'
import { ServerClock } from '../calls/server-clock.js'

/** A client of ioredis, for one server or for a cluster. */
export type RedisClient = Redis | Cluster

/** A write that waits for the end of the turn. */
export interface QueuedWrite {
  /** In words, for the error. */
  readonly operation: string
  readonly key: string
  /** What the record has to have; empty when there must be none. */
  readonly version: string
  readonly value: string
  /** Milliseconds. */
  readonly ttl: number
  /** On the clock of `performance.now`. */
  readonly deadline: number
}

/** What a writing script answers: the time on the server's clock, then what became of each key. */
type ScriptReply = [clock: number, ...replies: (string | null)[]]

/**
 * Sends commands over one client, each with a timeout of our own. ioredis has `commandTimeout`, but its promises
 * may never settle after a cut connection (ioredis #2193), and it counts the time that this process was busy.
 */
export class RedisConnection {
  readonly #client: RedisClient
  /** Milliseconds. */
  readonly #timeout: number
  readonly #clock = new ServerClock()
  #ready: Promise<void> | undefined
  /** The hashes of the scripts that were sent, and the server that has them. */
  #sent = { to: undefined as unknown, hashes: new Map<string, string>() }

  /** @param timeout milliseconds for one command, waiting for a connection included. */
  constructor(client: RedisClient, timeout: number) {
    this.#client = client
    this.#timeout = timeout
    speedUpTexts()
    // Without a listener ioredis prints a line for every attempt to connect. Our callers get the error.
    if (client.listenerCount('error') === 0) client.on('error', () => {})
  }

  /**
   * Sends one command, when there is a connection.
   *
   * @param deadline on the monotonic clock of `performance.now`, in milliseconds.
   * @throws RedisStoreError when it fails, or has not been answered by then.
   */
  async send<Reply>(
    operation: string,
    command: (client: RedisClient) => Promise<Reply>,
    deadline = this.deadline(),
  ): Promise<Reply> {
    try {
      if (this.#client.status !== 'ready') await this.#connect(operation, deadline)
      corkForThisTurn(this.#client)
      const late = () => {
        silences.set(this.#client, performance.now())
        return this.failure(operation, 'timeout')
      }
      return await before(deadline, command(this.#client), late)
    } catch (error) {
      if (error instanceof RedisStoreError) throw error
      throw this.failure(operation, reasonOf(error))
    }
  }

  /**
   * Runs a script that writes under one key. It compares the deadline with the server's clock: a late one has no
   * effect.
   *
   * @param until when the caller gives up, on the clock of `performance.now`: nothing is written afterwards.
   */
  async write(
    operation: string,
    script: string,
    key: string,
    values: readonly (string | number)[],
    until?: number,
  ): Promise<string | null> {
    const deadline = this.deadline(until)
    // A `late` that arrives in time means that the clock was estimated too early, or set; the reply has the time.
    for (let attempt = 1; attempt <= 2 && performance.now() < deadline; attempt++) {
      const [reply = null] = await this.#run(operation, deadline, () =>
        this.#evaluate(script, 1, [key, this.#clock.at(deadline), ...values]),
      )
      if (reply !== 'late') return reply
    }
    throw this.failure(operation, 'timeout')
  }

  /** Writes several values, each only before its deadline. Gives what the script answers for each. */
  async writeAll(items: readonly QueuedWrite[]): Promise<readonly (string | null)[]> {
    const deadline = Math.max(...items.map((item) => item.deadline))
    return this.#run('write', deadline, () => {
      const sent: (string | number)[] = items.map(({ key }) => key)
      for (const { deadline: until, version, value, ttl } of items)
        sent.push(this.#clock.at(until), version, value, ttl)
      return this.#evaluate(writeScript, items.length, sent)
    })
  }

  /**
   * EVALSHA; EVAL when the script was not sent over this connection, to any node of a cluster, or when the server does
   * not have it. Not by `defineCommand`: the first thousands of its commands stay in memory until the next full
   * collection, with all that they carry.
   */
  async #evaluate(
    script: string,
    keyCount: number,
    values: readonly (string | number)[],
  ): Promise<ScriptReply> {
    if (this.#sent.to !== this.#server) this.#sent = { to: this.#server, hashes: new Map() }
    const { hashes } = this.#sent
    const hash = hashes.get(script)
    if (!hash) hashes.set(script, createHash('sha1').update(script).digest('hex'))
    try {
      if (hash) return (await this.#client.evalsha(hash, keyCount, ...values)) as ScriptReply
    } catch (error) {
      // Some servers that speak the protocol write a general code before it.
      if (!(error instanceof Error && error.message.includes('NOSCRIPT'))) throw error
    }
    return this.#client.eval(script, keyCount, ...values) as Promise<ScriptReply>
  }

  async #run(
    operation: string,
    deadline: number,
    script: () => Promise<ScriptReply>,
  ): Promise<readonly (string | null)[]> {
    if (!this.#isClockKnown) await this.#askClock(operation, deadline)
    const sentAt = performance.now()
    const [clock, ...replies] = await this.send(operation, script, deadline)
    this.#clock.learn(this.#server, clock, sentAt)
    return replies
  }

  /** The time on the server's clock, in milliseconds since 1970. */
  async serverTime(operation: string): Promise<number> {
    if (!this.#isClockKnown) await this.#askClock(operation, this.deadline())
    return this.#clock.at(performance.now())
  }

  /** What is left of the caller's time, and no more than the timeout. */
  deadline(until = Infinity): number {
    return Math.min(until, performance.now() + this.#timeout)
  }

  failure(operation: string, reason: string): RedisStoreError {
    return new RedisStoreError(operation, reason, addressOf(this.#client))
  }

  /** Each connection may lead to another server, with another clock. */
  get #isClockKnown(): boolean {
    return this.#client.status === 'ready' && this.#clock.knows(this.#server)
  }

  #connect(operation: string, deadline: number): Promise<void> {
    return before(deadline, this.#untilReady(), () => this.failure(operation, 'unavailable'))
  }

  async #askClock(operation: string, deadline: number): Promise<void> {
    if (this.#client.status !== 'ready') await this.#connect(operation, deadline)
    // That of a cluster is known again, and the node that would be asked may still be down.
    if (this.#clock.knows(this.#server)) return
    const sentAt = performance.now()
    const [seconds, microseconds] = await this.send(operation, (client) => client.time(), deadline)
    const time = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
    this.#clock.learn(this.#server, time, sentAt)
  }

  /** What stands for the server: the socket, or a whole cluster. */
  get #server(): unknown {
    return (this.#client as Redis).stream ?? this.#client
  }

  /** One promise for all callers, so that an outage adds one listener and not one per request. */
  #untilReady(): Promise<void> {
    if (this.#client.status === 'wait') this.#client.connect().catch(() => {})
    return (this.#ready ??= new Promise((resolve) => {
      this.#client.once('ready', () => {
        this.#ready = undefined
        resolve()
      })
    }))
  }
}

const silences = new WeakMap<RedisClient, number>()

/** When the server last left a command without an answer, on the clock of `performance.now`. */
export function lastSilence(client: RedisClient): number {
  return silences.get(client) ?? -Infinity
}

const TIMER = systemTimer()

function before<Value>(deadline: number, work: Promise<Value>, late: () => Error): Promise<Value> {
  // Timers may fire up to a millisecond early, and a script that lands in that millisecond has its effect.
  const milliseconds = Math.max(0, Math.ceil(deadline - performance.now()) + 1)
  return within(work, milliseconds, TIMER, late)
}

/**
 * Writes all commands of this turn of the event loop to the socket at once: requests that arrive together cost
 * one system call and not one each. Each command keeps its own reply. A cluster has a socket for each node, and
 * is left as it is.
 *
 * Not with `enableAutoPipelining` of ioredis: a pipeline that was cut off delays all that follow it.
 */
function corkForThisTurn(client: RedisClient): void {
  const { stream } = client as Redis
  if (!stream?.writable || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => stream.uncork())
}

/**
 * ioredis 6 has a class that extends `String`, after which V8 looks each method of each text of the process up in a
 * dictionary: an eighth of a request. It makes a fast object of the prototype again when code that has run for a while
 * reads a method of a `String` object; that of plain texts does not do it.
 */
function speedUpTexts(): void {
  const text = Object('') as string
  for (let times = 0; times < 1000; times += 1) text.at(0)
}
