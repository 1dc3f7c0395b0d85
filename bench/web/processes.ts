import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Load } from './load-process.js'
import type { Usage } from './server-process.js'
import type { Kind } from './system.js'

/** The core of the servers that are measured, and the one of everything else. */
const SERVER = 0
const REST = 1

/** A system that serves in its own process. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly port: number

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(name: string, kind: Kind, redisUrl: string): Promise<ServerProcess> {
    const child = forked('server-process.js', [name, kind, redisUrl], ['--expose-gc'], SERVER)
    return new ServerProcess(child, await answerOf<number>(child))
  }

  usage(order: 'cpu' | 'heap'): Promise<Usage> {
    this.#child.send(order)
    return answerOf<Usage>(this.#child)
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** The process that makes the requests. */
export class LoadProcess {
  readonly #child: ChildProcess = forked('load-process.js', [], [], REST)

  /** The number of answers. */
  run(load: Load): Promise<number> {
    this.#child.send(load)
    return answerOf<number>(this.#child)
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Whether processes can be bound to cores here. Without it the kernel moves them about. */
export const isPinned = spawnSync('taskset', ['--version']).status === 0

/** Binds a process to the core that servers do not use. */
export function pinToRest(pid: number): void {
  if (isPinned) spawnSync('taskset', ['-p', '-c', `${REST}`, `${pid}`])
}

function forked(file: string, args: string[], execArgv: string[], core: number): ChildProcess {
  const program = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(program, args, { execArgv })
  if (isPinned) spawnSync('taskset', ['-a', '-p', '-c', `${core}`, `${child.pid}`])
  return child
}

function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`${child.spawnargs.slice(1).join(' ')}: ended early`))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer as Answer)
    })
  })
}
