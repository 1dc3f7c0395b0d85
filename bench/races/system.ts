/** One system under test, started on a Redis. */
export interface System {
  readonly name: string
  /** Starts one server with a connection of its own to Redis, as one process of several would be. */
  start(redisUrl: string): Promise<Server>
}

/**
 * A server over http, with the same routes in every system: `POST /begin`, `/set/:key`, `/update`,
 * `/logout` and `/write/:n`, which redirects, and `GET /`, which tells the data. A request with
 * `?hold=name` loads the session, and then waits at the gate of that name.
 */
export interface Server {
  readonly url: string
  close(): Promise<void>
}

/** Where requests wait in their handlers. */
export class Gates {
  readonly #gates = new Map<string, Gate>()

  /** Makes a gate that opens when it is told to, or when so many have come. */
  make(name: string, opensAt = Infinity): Gate {
    const gate = new Gate(opensAt)
    this.#gates.set(name, gate)
    return gate
  }

  /** Waits at the gate that the request names, if it names one. */
  async pass(url: URL): Promise<void> {
    await this.#gates.get(url.searchParams.get('hold') ?? '')?.pass()
  }
}

/** The servers run in the process of the program, so both sides see the same gates. */
export const gates = new Gates()

export class Gate {
  /** Settles when the first request has come. */
  readonly reached: Promise<void>
  readonly #opened: Promise<void>
  readonly #opensAt: number
  #count = 0
  #reach = () => {}
  open = () => {}

  constructor(opensAt: number) {
    this.#opensAt = opensAt
    this.reached = new Promise((resolve) => (this.#reach = resolve))
    this.#opened = new Promise((resolve) => (this.open = resolve))
  }

  async pass(): Promise<void> {
    this.#count += 1
    this.#reach()
    if (this.#count === this.#opensAt) this.open()
    await this.#opened
  }
}
