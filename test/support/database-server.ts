import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.js'

/** A real, empty database for one test file, on its own port. */
export interface DatabaseServer extends AsyncDisposable {
  readonly port: number
  /** With user and database. */
  readonly url: string
  /** The ids of all its processes. */
  processes(): readonly number[]
  /** Sends a signal to every process of the server: `SIGSTOP` freezes it, `SIGKILL` kills it. */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void>
  /** Starts it again after it was killed, with what it had on its disk. */
  restart(): Promise<void>
  /** Stops the server and removes its folder. May be called twice. */
  stop(): Promise<void>
}

/** How a database is started. */
export interface DatabaseProgram {
  readonly name: string
  /** Who may run it, where it refuses root. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Fills the folder. */
  initialize(folder: string): Promise<void>
  command(folder: string, port: number): readonly string[]
  /** Connects, and ends the connection. */
  ping(port: number): Promise<void>
  url(port: number): string
}

/**
 * Starts a database and waits until it answers.
 *
 * @throws when it does not answer within half a minute.
 */
export async function startDatabase(program: DatabaseProgram): Promise<DatabaseServer> {
  const folder = mkdtempSync(join(tmpdir(), `ingot-${program.name}-`))
  if (program.user) await run('chown', [`${program.user.uid}:${program.user.gid}`, folder])
  await program.initialize(folder)
  const port = await freePort()
  let server = await launched(program, folder, port)
  const stop = async (): Promise<void> => {
    await server.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    port,
    url: program.url(port),
    processes: () => processesOf(server.process),
    signal: async (name) => {
      for (const pid of processesOf(server.process)) send(pid, name)
      if (name === 'SIGKILL') await server.exited
    },
    restart: async () => {
      await server.end()
      server = await launched(program, folder, port)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function launched(program: DatabaseProgram, folder: string, port: number) {
  const [file = '', ...args] = program.command(folder, port)
  const child = spawn(file, args, { ...program.user, stdio: ['ignore', 'pipe', 'pipe'] })
  const guard = killWithThisProcess(child, folder)
  let output = ''
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (output += String(chunk)))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const end = async (): Promise<void> => {
    guard.kill('SIGKILL')
    for (const pid of processesOf(child)) send(pid, 'SIGKILL')
    await exited
  }
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await program.ping(port)
      return { process: child, exited, end }
    } catch (error) {
      if (Date.now() > deadline || child.exitCode !== null) {
        await end()
        throw new Error(`${program.name} did not start on port ${port}: ${output}`, {
          cause: error,
        })
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The process and its children: PostgreSQL has one for each connection, and each a group of its own. */
function processesOf({ pid }: ChildProcess): number[] {
  const children = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && parentOf(name) === pid,
  )
  return pid === undefined ? [] : [pid, ...children.map(Number)]
}

function parentOf(pid: string): number | undefined {
  try {
    // The name in brackets may hold spaces (proc(5)).
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}

/** A test process that is killed cannot clean up: a shell at the other end of a pipe does. */
function killWithThisProcess(server: ChildProcess, folder: string): ChildProcess {
  const script = 'read -r _; kill -9 "$1"; rm -rf -- "$2"'
  const guard = spawn('sh', ['-c', script, 'guard', `${server.pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}

export const run = promisify(execFile)
