import { spawn } from 'node:child_process'
import { Redis } from 'ioredis'
import { pin, REST } from '../worker.js'
import type { Storage } from './storage.js'
import { freePort } from '../../../test/support/free-port.js'

/**
 * A redis-server of this run alone, which keeps nothing on disk, on a port that is free, so that two runs at once do
 * not count each other's commands. Those that a script runs inside it are not counted.
 *
 * @throws Error when redis-server is not installed.
 */
export async function startRedis(): Promise<Storage> {
  const port = await freePort()
  const server = spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  })
  await new Promise((resolve, reject) => server.once('spawn', resolve).once('error', reject))
  pin(server.pid!, REST)
  const client = new Redis(port, '127.0.0.1')
  client.on('error', () => {})
  await client.ping()
  return {
    url: `redis://127.0.0.1:${port}`,
    commandsDuring: async (_server, work) => {
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
    isSlowedByCounting: true,
    processes: () => [server.pid!],
    stop: async () => {
      client.disconnect()
      server.kill('SIGKILL')
    },
  }
}
