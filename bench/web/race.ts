import type { RedisServer } from './redis.js'
import { LoadProcess, ServerProcess } from './processes.js'
import { systems, type Entry } from './systems.js'
import { check, visit } from './visitor.js'
import type { Workload } from './workloads.js'

/** Of one system, in one round. */
export interface Measurement {
  /** Answers in a second. */
  readonly rate: number
  /** Microseconds of processor time of the server, per answer. */
  readonly cpu: number
}

/** What each system did in one round, by name. */
export type Round = Readonly<Record<string, Measurement>>

/** The result of a workload. */
export interface Race {
  readonly rounds: readonly Round[]
  /** Commands that reached Redis, per request. */
  readonly commands: Readonly<Record<string, number>>
}

const CONNECTIONS = 64
const WARM_UP = 400

/** Systems take turns within each round, so that what else the machine does meets all of them. */
export async function race(
  workload: Workload,
  only: readonly string[],
  rounds: number,
  milliseconds: number,
  redis: RedisServer,
): Promise<Race> {
  const taking = systems.filter(({ name, kinds }) => {
    return kinds.includes(workload.kind) && (only.length === 0 || only.includes(name))
  })
  const load = new LoadProcess()
  const running = await Promise.all(taking.map((entry) => Runner.start(entry, workload, redis)))
  for (const one of running)
    for (let times = 0; times < 3; times++) await one.measure(load, WARM_UP)
  const commands: Record<string, number> = {}
  if (workload.kind === 'redis') {
    for (const one of running) commands[one.name] = await one.commands(load, redis)
  }
  const results: Round[] = []
  for (let number = 0; number < rounds; number++) {
    const round: Record<string, Measurement> = {}
    for (let index = 0; index < running.length; index++) {
      const one = running[(index + number) % running.length]!
      round[one.name] = await one.measure(load, milliseconds)
    }
    results.push(round)
    process.stderr.write(`\r${workload.title}: round ${number + 1} of ${rounds} `)
  }
  process.stderr.write('\n')
  for (const one of running) one.stop()
  load.stop()
  return { rounds: results, commands }
}

class Runner {
  readonly name: string
  readonly #server: ServerProcess
  readonly #requests: readonly string[]

  private constructor(name: string, server: ServerProcess, requests: readonly string[]) {
    this.name = name
    this.#server = server
    this.#requests = requests
  }

  static async start(
    { name }: Entry,
    { kind, request }: Workload,
    redis: RedisServer,
  ): Promise<Runner> {
    const server = await ServerProcess.start(name, kind, redis.url)
    if (kind !== 'hello')
      await check(server.port, kind === 'sealed').catch((error: Error) => {
        throw new Error(`${name}, ${kind}: ${error.message}`)
      })
    const requests: string[] = []
    for (let index = 0; index < CONNECTIONS; index++)
      requests.push(request(kind === 'hello' ? '' : await visit(server.port)))
    return new Runner(name, server, requests)
  }

  async measure(load: LoadProcess, milliseconds: number): Promise<Measurement> {
    const before = await this.#server.usage('cpu')
    const start = performance.now()
    const answers = await load.run({
      port: this.#server.port,
      requests: this.#requests,
      milliseconds,
    })
    const seconds = (performance.now() - start) / 1000
    const after = await this.#server.usage('cpu')
    return { rate: answers / seconds, cpu: (after.cpu - before.cpu) / answers }
  }

  /** Commands per request; those that a script runs inside Redis are not counted. */
  async commands(load: LoadProcess, redis: RedisServer): Promise<number> {
    const { port } = this.#server
    let answers = 0
    const count = await redis.commandsDuring(async () => {
      answers = await load.run({ port, requests: this.#requests.slice(0, 1), milliseconds: 200 })
    })
    return count / answers
  }

  stop(): void {
    this.#server.stop()
  }
}
