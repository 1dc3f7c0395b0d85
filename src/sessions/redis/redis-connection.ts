import type { Cluster, Redis } from 'ioredis'
import { SYSTEM_TIMER, within } from '../calls/deadline.js'
import { addressOf } from './clients/server-address.js'
import { reasonOf, RedisStoreError } from './redis-store-error.js'
import { createScript, destroyScript, indexScript, patchScript, touchScript } from './scripts.js'

/** A client of ioredis, for one server or for a cluster. */
export type RedisClient = Redis | Cluster

/** What a writing script answers: the outcome, and the time on the server's clock. */
type ScriptReply = [outcome: 'applied' | 'missing' | 'conflict' | 'late', clock: number]

/** The commands that `defineCommand` adds to the client: EVALSHA, or EVAL when Redis lost the script. */
type Scripts = {
  readonly [Name in keyof typeof writingScripts]: (
    key: string,
    ...values: (string | number)[]
  ) => Promise<ScriptReply>
} & { readonly ingotDestroy: (key: string) => Promise<string[]> }

/**
 * Sends commands over one client, each with a timeout of our own. ioredis has `commandTimeout`, but its promises
 * may never settle after a cut connection (ioredis #2193), and it counts the time that this process was busy.
 */
export class RedisConnection {
  readonly #client: RedisClient & Scripts
  /** Milliseconds. */
  readonly #timeout: number
  /**
   * The server's clock minus `performance.now()`, in milliseconds, as replies show it. It is too small by the time
   * that the reply took, so a deadline on the server's clock is never too late.
   */
  #clockOffset: number | undefined
  #ready: Promise<void> | undefined

  /** @param timeout milliseconds for one command, waiting for a connection included. */
  constructor(client: RedisClient, timeout: number) {
    this.#client = client as RedisClient & Scripts
    this.#timeout = timeout
    for (const [name, lua] of Object.entries({ ...writingScripts, ingotDestroy: destroyScript })) {
      if (!(name in client)) client.defineCommand(name, { numberOfKeys: 1, lua })
    }
    // Without a listener ioredis prints a line for every attempt to connect. Our callers get the error.
    if (client.listenerCount('error') === 0) client.on('error', () => {})
  }

  /**
   * Sends one command, when there is a connection.
   *
   * @param deadline on the monotonic clock of `performance.now`, in milliseconds.
   * @throws RedisStoreError when it fails, or has not been answered by the deadline.
   */
  async send<Reply>(
    operation: string,
    command: (client: RedisClient & Scripts) => Promise<Reply>,
    deadline = this.#newDeadline(),
  ): Promise<Reply> {
    const late = (reason: string) => () => this.#failure(operation, reason)
    try {
      if (this.#client.status !== 'ready') {
        await before(deadline, this.#untilReady(), late('unavailable'))
      }
      corkForThisTurn(this.#client)
      return await before(deadline, command(this.#client), late('timeout'))
    } catch (error) {
      if (error instanceof RedisStoreError) throw error
      throw this.#failure(operation, reasonOf(error))
    }
  }

  /** Runs a script that writes. It compares the deadline with the server's clock: a late one has no effect. */
  async write(
    operation: string,
    script: keyof typeof writingScripts,
    key: string,
    values: readonly (string | number)[],
  ): Promise<'applied' | 'missing' | 'conflict'> {
    const deadline = this.#newDeadline()
    if (this.#clockOffset === undefined) await this.#readServerClock(operation, deadline)
    // A `late` that arrives in time means that the server's clock was set; the reply has the new time.
    for (let attempt = 1; attempt <= 2 && performance.now() < deadline; attempt++) {
      const [outcome, clock] = await this.send(
        operation,
        (client) => client[script](key, Math.floor(deadline + (this.#clockOffset ?? 0)), ...values),
        deadline,
      )
      this.#clockOffset = clock - performance.now()
      if (outcome !== 'late') return outcome
    }
    throw this.#failure(operation, 'timeout')
  }

  /** The time on the server's clock, in milliseconds since 1970. */
  async serverTime(operation: string): Promise<number> {
    if (this.#clockOffset === undefined) {
      await this.#readServerClock(operation, this.#newDeadline())
    }
    return Math.floor(performance.now() + (this.#clockOffset ?? 0))
  }

  #failure(operation: string, reason: string): RedisStoreError {
    return new RedisStoreError(operation, reason, addressOf(this.#client))
  }

  #newDeadline(): number {
    return performance.now() + this.#timeout
  }

  async #readServerClock(operation: string, deadline: number): Promise<void> {
    const [seconds, microseconds] = await this.send(operation, (client) => client.time(), deadline)
    const serverTime = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000)
    this.#clockOffset = serverTime - performance.now()
  }

  /** One promise for all callers, so that an outage adds one listener and not one per request. */
  #untilReady(): Promise<void> {
    if (this.#client.status === 'wait') this.#client.connect().catch(() => {})
    this.#ready ??= new Promise((resolve) => {
      this.#client.once('ready', () => {
        this.#ready = undefined
        resolve()
      })
    })
    return this.#ready
  }
}

const writingScripts = {
  ingotCreate: createScript,
  ingotPatch: patchScript,
  ingotTouch: touchScript,
  ingotIndex: indexScript,
} as const

function before<Value>(deadline: number, work: Promise<Value>, late: () => Error): Promise<Value> {
  // Timers may fire up to a millisecond early, and a script that lands in that millisecond has its effect.
  const milliseconds = Math.max(0, Math.ceil(deadline - performance.now()) + 1)
  return within(work, milliseconds, SYSTEM_TIMER, late)
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
