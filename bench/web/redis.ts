import { spawn } from 'node:child_process'
import { Redis } from 'ioredis'
import { pin, REST } from './worker.js'

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
  pin(server.pid!, REST)
  const client = new Redis(PORT, '127.0.0.1')
  client.on('error', () => {})
  await client.ping()
  return {
    url: `redis://127.0.0.1:${PORT}`,
    commandsDuring: async (work) => {
      const monitor = await client.monitor()
      let count = 0
      // Its own `ECHO` comes after everything else.
      const told = new Promise<void>((resolve) => {
        monitor.on('monitor', (_time: string, [name]: string[], source: string) => {
          if (name?.toLowerCase() === 'echo') resolve()
          else if (source !== 'lua') count += 1
        })
      })
      await work()
      await client.echo('all told')
      await told
      monitor.disconnect()
      return count
    },
    stop: () => {
      client.disconnect()
      server.kill('SIGKILL')
    },
  }
}
