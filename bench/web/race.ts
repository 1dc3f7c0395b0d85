import { Load } from './load.js'
import { Server } from './server.js'
import type { Storage, Storages } from './storages/storage.js'
import { bareOf, LIMIT, OURS, systems } from './systems.js'
import { begin, check } from './visitor.js'
import { workloads, type Workload } from './workloads.js'

/** What was measured of one system: a figure for each round. */
export interface Measurements {
  /** Answers in a second. */
  readonly rates: number[]
  /** Microseconds of processor time of the server, per answer. */
  readonly cpu: number[]
  /** Commands or statements that reached the storage, per request of one visitor. */
  readonly commands?: number
  /** The same when all ask at once: what arrives together may be one statement. */
  readonly commandsAtLoad?: number
}

/** By name of the system; `ingot@hello` is Ingot in another workload, interleaved with this one. */
export type Race = Readonly<Record<string, Measurements>>

/** How long, and who. */
export interface Extent {
  readonly rounds: number
  readonly milliseconds: number
  /** Names of systems; none are all. */
  readonly systems: readonly string[]
}

export const CONNECTIONS = 64
const ROUNDS_OF_A_PROCESS = 3
/** Milliseconds of one turn before it counts, and how many answers of them: engines compile what is used often. */
const WARM_UP = 400
const WARM_ANSWERS = 25_000

/**
 * Systems take turns within each round, so that what else the machine does meets all of them. Their processes are new
 * every few rounds: what an engine has compiled differs from one to the next, by some percent.
 */
export async function race(workload: Workload, extent: Extent, storages: Storages): Promise<Race> {
  const entrants = entrantsOf(workload, extent.systems)
  const storage = await storages.of(workload.kind)
  // A storage at work needs the core that the requests come from.
  const load = new Load({
    staysAwake: !storage || workload.commands === 0 || storage.isInServer === true,
  })
  const measured: Record<string, Measurements> = {}
  let runners: readonly Runner[] = []
  for (let number = 0; number < extent.rounds; number++) {
    if (number % ROUNDS_OF_A_PROCESS === 0) {
      for (const one of runners) one.stop()
      runners = await Promise.all(entrants.map((one) => Runner.start(one, storages)))
      for (const one of runners) {
        await one.warmUp(load)
        measured[one.name] ??= { rates: [], cpu: [], ...(await one.commands(load, storage)) }
      }
    }
    for (let index = 0; index < runners.length; index++) {
      const one = runners[(index + number) % runners.length]!
      const { rate, cpu } = await one.measure(load, extent.milliseconds)
      measured[one.name]!.rates.push(rate)
      measured[one.name]!.cpu.push(cpu)
    }
    process.stderr.write(`\r${workload.title}: round ${number + 1} of ${extent.rounds} `)
  }
  process.stderr.write('\n')
  for (const one of runners) one.stop()
  load.stop()
  return measured
}

interface Entrant {
  /** In the results. */
  readonly name: string
  readonly system: string
  readonly workload: Workload
  /** Whether it is compared with another workload, whose requests have a cookie. */
  readonly isGuest?: boolean
}

function entrantsOf(workload: Workload, only: readonly string[]): Entrant[] {
  const isTaking = (name: string) => only.length === 0 || only.includes(name)
  const own = systems
    .filter(({ name, kinds }) => kinds.includes(workload.kind) && isTaking(name))
    .filter(({ name }) => workload.isWhole || name === LIMIT || name === OURS)
    .map(({ name }) => ({ name, system: name, workload }))
  const others = workload.targets.flatMap(({ of, in: other, beside }) => {
    const guests = other === undefined ? [] : [of, ...(beside === undefined ? [] : [beside])]
    return guests.filter(isTaking).map((system) => {
      const name = `${system}@${other}`
      return { name, system, workload: workloads[other!]!, isGuest: true }
    })
  })
  return [...own, ...others]
}

/** As long as one of a session, for a server that reads none. */
const UNREAD = `session=${'x'.repeat(43)}`

class Runner {
  readonly name: string
  readonly #server: Server
  /** For each connection the requests of the visitors who take turns on it. */
  readonly #requests: readonly (readonly string[])[]

  private constructor(name: string, server: Server, requests: readonly (readonly string[])[]) {
    this.name = name
    this.#server = server
    this.#requests = requests
  }

  static async start(
    { name, system, workload, isGuest = false }: Entrant,
    storages: Storages,
  ): Promise<Runner> {
    const { kind, kept, request, visitors } = workload
    const { url } = (await storages.of(kind)) ?? { url: '' }
    const server = await Server.start(system, kind, { url, kept })
    const isBare = system === bareOf(kind)
    await check(server.port, isBare ? 'hello' : kind, kept).catch((error: Error) => {
      throw new Error(`${name}, ${kind}: ${error.message}`)
    })
    if (kind === 'hello' || isBare) {
      const cookie = isBare || isGuest ? UNREAD : ''
      return new Runner(name, server, new Array(CONNECTIONS).fill([request(cookie)]))
    }
    const cookies = await begin(server.port, CONNECTIONS, visitors / CONNECTIONS)
    return new Runner(
      name,
      server,
      cookies.map((each) => each.map(request)),
    )
  }

  async warmUp(load: Load): Promise<void> {
    let answers = 0
    for (let times = 0; times < 3 || (answers < WARM_ANSWERS && times < 12); times++) {
      const { rate } = await this.measure(load, WARM_UP)
      answers += (rate * WARM_UP) / 1000
    }
  }

  async measure(load: Load, milliseconds: number): Promise<{ rate: number; cpu: number }> {
    await load.open(this.#server.port, this.#requests)
    const before = await this.#server.usage()
    const { answers, seconds } = await load.run(milliseconds)
    const after = await this.#server.usage()
    return { rate: answers / seconds, cpu: (after.cpu - before.cpu) / answers }
  }

  /** Of one visitor, whose requests follow each other; and of all, where to count does not slow the storage down. */
  async commands(load: Load, storage: Storage | undefined): Promise<Partial<Measurements>> {
    if (!storage) return {}
    const commands = await this.#count(load, storage, [[this.#requests[0]![0]!]])
    if (storage.isSlowedByCounting) return { commands }
    return { commands, commandsAtLoad: await this.#count(load, storage, this.#requests) }
  }

  async #count(
    load: Load,
    storage: Storage,
    requests: readonly (readonly string[])[],
  ): Promise<number> {
    await load.open(this.#server.port, requests)
    let answers = 0
    const count = await storage.commandsDuring(this.#server, async () => {
      answers = (await load.run(200)).answers
    })
    return count / answers
  }

  stop(): void {
    this.#server.stop()
  }
}
