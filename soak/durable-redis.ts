import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis, type RedisServer } from '../test/support/redis-server.js'

/** A redis-server that keeps its data: with an append-only file, written every second. */
export class DurableRedis {
  readonly port: number
  readonly #folder: string
  #server: RedisServer

  private constructor(server: RedisServer, folder: string) {
    this.port = server.port
    this.#server = server
    this.#folder = folder
  }

  static async start(): Promise<DurableRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'ingot-soak-'))
    return new DurableRedis(await startRedis({ args: durable(folder) }), folder)
  }

  /** Kills it with SIGKILL, as a machine out of memory does. */
  async kill(): Promise<void> {
    await this.#server.stop()
  }

  /** Starts it again on the same port, with the data of its file. */
  async restart(): Promise<void> {
    this.#server = await startRedis({ port: this.port, args: durable(this.#folder) })
  }

  /** Stops it until `resume`: connections stay open, and nothing is answered. */
  freeze(): void {
    this.#server.process.kill('SIGSTOP')
  }

  resume(): void {
    this.#server.process.kill('SIGCONT')
  }

  /** Sends one command past the proxy. */
  command(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(`${line}\r\n`))
      socket.once('data', () => socket.destroy())
      socket.once('error', reject)
      socket.once('close', () => resolve())
    })
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

// When an option is given twice, redis-server uses the last.
function durable(folder: string): string[] {
  return ['--dir', folder, '--appendonly', 'yes', '--appendfsync', 'everysec']
}
