import { Redis } from 'ioredis'
import { startRedis, type RedisServer } from './redis-server.js'

/** A master with replicas and sentinels, for one test. */
export interface SentinelWorld extends AsyncDisposable {
  /** The name of the master. */
  readonly name: string
  readonly master: RedisServer
  readonly replicas: readonly RedisServer[]
  readonly sentinels: readonly RedisServer[]
  /** The addresses of the sentinels. */
  readonly addresses: readonly { host: string; port: number }[]
  /** The port of the master that the sentinels name now. */
  masterPort(): Promise<number>
  /** Waits until the sentinels name a master other than the first one. */
  untilFailover(): Promise<number>
}

/** Milliseconds after which a sentinel considers the master down. */
export const DOWN_AFTER = 1000

/** Starts them, and waits until a failover would work. When that fails, stops what it started. */
export async function startSentinels({
  replicas = 1,
  sentinels = 3,
}: {
  readonly replicas?: number
  readonly sentinels?: number
} = {}): Promise<SentinelWorld> {
  const started: RedisServer[] = []
  const stop = async () => void (await Promise.all(started.map((server) => server.stop())))
  const start = async (options: Parameters<typeof startRedis>[0]) => {
    const server = await startRedis(options)
    started.push(server)
    return server
  }
  try {
    const master = await start({ args: FAST })
    const args = [...FAST, '--replicaof', '127.0.0.1', `${master.port}`]
    const copies = await inTurn(replicas, () => start({ args }))
    await until(() => askPort(master.port, knowing), replicas)
    const configuration = watching(master.port, Math.ceil((sentinels + 1) / 2))
    const guards = await inTurn(sentinels, () => start({ args: ['--sentinel'], configuration }))
    await Promise.all(
      guards.map((guard) => until(() => hasSeen(guard.port, sentinels - 1, replicas), true)),
    )
    const masterPort = async () => {
      const asked = await Promise.all(guards.map(({ port }) => masterOf(port)))
      return asked.find((port) => port !== master.port && port !== undefined) ?? master.port
    }
    return {
      name: NAME,
      master,
      replicas: copies,
      sentinels: guards,
      addresses: guards.map(({ port }) => ({ host: '127.0.0.1', port })),
      masterPort,
      untilFailover: async () => {
        await until(async () => (await masterPort()) !== master.port, true)
        return masterPort()
      },
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const NAME = 'shop'

/** How many replicas receive a write. */
async function knowing(client: Redis): Promise<number> {
  await client.set('started', '1')
  await client.del('started')
  return client.wait(100, 100)
}

/** Makes a replica synchronise at once, not after five seconds. */
const FAST = ['--repl-diskless-sync-delay', '0', '--repl-timeout', '5']

function watching(port: number, quorum: number): string {
  return [
    `sentinel monitor ${NAME} 127.0.0.1 ${port} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER}`,
    `sentinel failover-timeout ${NAME} 5000`,
    '',
  ].join('\n')
}

async function hasSeen(port: number, others: number, replicas: number): Promise<boolean> {
  return askPort(port, async (client) => {
    const master = await client.call('SENTINEL', 'MASTER', NAME)
    const seen = fieldsOf(master)
    const copies = (await client.call('SENTINEL', 'REPLICAS', NAME)) as unknown[]
    const linked = copies.filter((copy) => fieldsOf(copy).get('master-link-status') === 'ok')
    return seen.get('num-other-sentinels') === `${others}` && linked.length === replicas
  })
}

/** Does not wait for a server that hangs. */
async function masterOf(port: number): Promise<number | undefined> {
  const ask = (client: Redis) => client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)
  const address = await askPort(port, ask, 300).catch(() => undefined)
  return address === undefined ? undefined : Number((address as string[])[1])
}

function fieldsOf(reply: unknown): Map<string, string> {
  const flat = reply as string[]
  return new Map(
    flat.flatMap((field, index) => (index % 2 ? [] : [[field, `${flat[index + 1]}`] as const])),
  )
}

/** Sends one command to a server, over a connection of its own. */
export async function askPort<Answer>(
  port: number,
  ask: (client: Redis) => Promise<Answer>,
  timeout = 5000,
): Promise<Answer> {
  const client = new Redis(port, {
    protocol: 2,
    connectTimeout: timeout,
    commandTimeout: timeout,
    retryStrategy: () => null,
  })
  client.on('error', () => {})
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

/** Repeats until the result is as expected. @throws after twenty seconds. */
export async function until<Value>(ask: () => Promise<Value>, wanted: Value): Promise<void> {
  const deadline = performance.now() + 20_000
  let last: unknown
  while (performance.now() < deadline) {
    last = await ask().catch((error: unknown) => error)
    if (last === wanted) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`After twenty seconds it is still ${String(last)}.`)
}

async function inTurn<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = []
  while (made.length < count) made.push(await make())
  return made
}
