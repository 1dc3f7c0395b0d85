import type { Cluster, Redis } from 'ioredis'
import { Deadline } from './deadline.js'
import { RedisClock } from './redis-clock.js'
import { reasonOf, RedisStoreError } from './redis-fault.js'
import { createScript, destroyScript, noteScript, patchScript, touchScript } from './scripts.js'
import { sendTogether } from './together.js'

/** A client of ioredis, for one server or for a cluster. */
export type RedisClient = Redis | Cluster

/** What a script of ours answers: how it ended, and the time on the server's clock. */
export type ScriptReply = [outcome: 'applied' | 'missing' | 'conflict' | 'late', clock: number]

/** The commands that `defineCommand` puts on the client: EVALSHA, or EVAL when Redis forgot the script. */
type Scripts = {
  readonly [Name in keyof typeof scripts]: (
    key: string,
    ...values: (string | number)[]
  ) => Promise<ScriptReply>
} & { readonly ingotDestroy: (key: string) => Promise<string[]> }

/** Asks one client, each time within a deadline of our own. */
export class RedisConnection {
  readonly #client: RedisClient
  readonly #timeout: number
  readonly #clock = new RedisClock()
  #ready: Promise<void> | undefined

  constructor(client: RedisClient, timeout: number) {
    this.#client = client
    this.#timeout = timeout
    for (const [name, lua] of Object.entries({ ...scripts, ingotDestroy: destroyScript })) {
      if (!(name in client)) client.defineCommand(name, { numberOfKeys: 1, lua })
    }
    // Without a listener ioredis prints a line for every attempt to connect. Whoever asks gets the fault.
    if (client.listenerCount('error') === 0) client.on('error', () => {})
  }

  /** Sends one command. */
  ask<Reply>(operation: string, send: (client: RedisClient) => Promise<Reply>): Promise<Reply> {
    return this.#within(operation, new Deadline(this.#timeout), () => send(this.#client))
  }

  /** Removes a hash, and gives its fields and texts in turn. */
  async destroy(key: string): Promise<string[]> {
    return this.ask('destroy', (client) => (client as unknown as Scripts).ingotDestroy(key))
  }

  /** Runs one script, which takes no effect after the deadline. */
  async run(
    operation: string,
    name: keyof typeof scripts,
    key: string,
    values: readonly (string | number)[],
  ): Promise<'applied' | 'missing' | 'conflict'> {
    const deadline = new Deadline(this.#timeout)
    await this.#readClock(operation, deadline)
    // A refusal that arrives in time says that Redis's clock was set; its reply tells by how much.
    for (let attempt = 1; attempt <= 2 && !deadline.hasPassed; attempt++) {
      const [outcome, clock] = await this.#within(operation, deadline, () =>
        (this.#client as unknown as Scripts)[name](key, this.#clock.at(deadline.at), ...values),
      )
      this.#clock.note(clock)
      if (outcome !== 'late') return outcome
    }
    throw new RedisStoreError(operation, 'timeout')
  }

  /** The time on the server's clock, in milliseconds since 1970. */
  async now(operation: string): Promise<number> {
    await this.#readClock(operation, new Deadline(this.#timeout))
    return this.#clock.at(performance.now())
  }

  async #readClock(operation: string, deadline: Deadline): Promise<void> {
    if (this.#clock.isKnown) return
    const [seconds, microseconds] = await this.#within(operation, deadline, () =>
      this.#client.time(),
    )
    this.#clock.note(Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000))
  }

  async #within<Reply>(
    operation: string,
    deadline: Deadline,
    send: () => Promise<Reply>,
  ): Promise<Reply> {
    const late = (reason: string) => () => new RedisStoreError(operation, reason)
    try {
      if (this.#client.status !== 'ready')
        await deadline.wait(this.#untilReady(), late('unavailable'))
      sendTogether(this.#client)
      return await deadline.wait(send(), late('timeout'))
    } catch (error) {
      throw error instanceof RedisStoreError
        ? error
        : new RedisStoreError(operation, reasonOf(error))
    }
  }

  /** One promise for all who wait, so that an outage adds one listener and not one per request. */
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

const scripts = {
  ingotCreate: createScript,
  ingotPatch: patchScript,
  ingotTouch: touchScript,
  ingotNote: noteScript,
} as const
