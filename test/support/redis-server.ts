import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireProgram } from './installed-program.js'
import { freePort } from './free-port.js'

/** A real, empty redis-server for one test, on its own port. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  /** `redis://127.0.0.1:port`. */
  readonly url: string
  /** The server itself, for tests that freeze it (`SIGSTOP`) or kill it. */
  readonly process: ChildProcess
  /** Stops the server and removes its folder. May be called twice. */
  stop(): Promise<void>
}

export interface RedisServerOptions {
  /** The port to listen on, to start a server again where one was stopped. Default: a free one. */
  readonly port?: number
  /** More redis-server arguments, for example `['--requirepass', 'secret']`. */
  readonly args?: readonly string[]
  /** Text of a configuration file, which a sentinel writes to. Default: none. */
  readonly configuration?: string
}

/**
 * Starts a redis-server and waits until it answers.
 *
 * @throws when redis-server is not installed, or does not answer within ten seconds.
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const program = requireProgram('redis-server', 'redis-server')
  // Another process can take a port before redis-server does; a connection that has it for a moment gives it back.
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const server = launch(program, port, options)
    try {
      await untilItAnswers(server.process, port)
      return {
        port,
        url: `redis://127.0.0.1:${port}`,
        process: server.process,
        stop: server.stop,
        [Symbol.asyncDispose]: server.stop,
      }
    } catch (error) {
      await server.stop()
      if (attempt === 5) {
        throw new Error(`redis-server did not start on port ${port}: ${server.output()}`, {
          cause: error,
        })
      }
    }
  }
}

function launch(program: string, port: number, { args = [], configuration }: RedisServerOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-redis-'))
  const file = join(folder, 'redis.conf')
  if (configuration !== undefined) writeFileSync(file, configuration)
  const standard = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const first = configuration === undefined ? [] : [file]
  const server = spawn(program, [...first, ...standard, '--dir', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const guard = killWithThisProcess(server, folder)
  let output = ''
  const exited = new Promise<void>((resolve) => {
    server.once('exit', () => resolve())
    server.once('error', (error) => {
      output += error.message
      resolve()
    })
  })
  server.stdout.on('data', (chunk) => (output += chunk))
  server.stderr.on('data', (chunk) => (output += chunk))
  const stop = async () => {
    // The guard first: it must not kill a later process that happens to get the same number.
    guard.kill('SIGKILL')
    // SIGKILL also ends a server that a test has frozen; there is nothing to save.
    server.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  }
  return { process: server, stop, output: () => output.trim() }
}

/**
 * A test process that crashes or is killed cannot clean up. So a shell waits at the other end of a pipe, which
 * closes however this process ends, and cleans up.
 */
function killWithThisProcess(server: ChildProcess, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; rm -rf -- "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', `${server.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C must not end it before the server.
    detached: true,
  })
  guard.unref()
  return guard
}

async function untilItAnswers(server: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    if (server.pid === undefined || server.exitCode !== null) throw new Error('It ended.')
    if (isOurs(await ask(port, 'INFO server\r\n'), server.pid)) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error('It did not answer within ten seconds.')
}

/** Checks that this is our server, and not one that took the port first. A server with a password says no more. */
function isOurs(reply: string, pid: number): boolean {
  return reply.includes(`\nprocess_id:${pid}\r`) || reply.startsWith('-NOAUTH')
}

/** Everything the server sends within 200 ms, or until it closes; empty when nothing listens. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve) => {
    let reply = ''
    const socket = connect(port, '127.0.0.1', () => socket.end(command))
    socket.setTimeout(200, () => socket.destroy())
    socket.on('data', (chunk) => (reply += chunk.toString()))
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve(reply))
  })
}
