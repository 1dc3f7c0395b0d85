import { spawn } from 'node:child_process'
import { Redis } from 'ioredis'
import { pinToRest } from './processes.js'

/** A redis-server of this run alone, which keeps nothing on disk. */
export interface RedisServer {
  readonly url: string
  /** The number of commands that clients send while something goes on. */
  commandsDuring(work: () => Promise<void>): Promise<number>
  stop(): void
}

const PORT = 16_379

/** @throws Error when redis-server is not installed or the port is taken. */
export async function startRedis(): Promise<RedisServer> {
  const server = spawn('redis-server', ['--port', `${PORT}`, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  })
  await new Promise((resolve, reject) => server.once('spawn', resolve).once('error', reject))
  pinToRest(server.pid!)
  const client = new Redis(PORT, '127.0.0.1')
  client.on('error', () => {})
  await client.ping()
  return {
    url: `redis://127.0.0.1:${PORT}`,
    commandsDuring: async (work) => {
      const monitor = await client.monitor()
      let count = 0
      monitor.on('monitor', (_time: string, _command: string[], source: string) => {
        if (source !== 'lua') count += 1
      })
      await work()
      monitor.disconnect()
      return count
    },
    stop: () => {
      client.disconnect()
      server.kill('SIGKILL')
    },
  }
}
