import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The core of what is measured, and the one of everything else. */
export const MEASURED = 0
export const REST = 1

/** Whether processes can be bound to cores here. Without it the kernel moves them about. */
export const isPinned = spawnSync('taskset', ['--version']).status === 0

/** A process of this run that answers messages, one after the other. */
export class Worker {
  readonly #child: ChildProcess
  #errors = ''

  constructor(
    file: string,
    args: readonly string[],
    core: number,
    environment: Readonly<Record<string, string>> = {},
  ) {
    const program = fileURLToPath(new URL(file, import.meta.url))
    const child = fork(program, args, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...environment, NODE_ENV: 'production' },
      silent: true,
    })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    child.stdout!.resume()
    this.#child = child
    pin(child.pid!, core)
  }

  ask<Answer>(message: object): Promise<Answer> {
    const answer = this.answer<Answer>()
    this.#child.send(message)
    return answer
  }

  /** @throws Error with what it printed, when it ends instead. */
  answer<Answer>(): Promise<Answer> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const ended = () => {
        reject(new Error(`${child.spawnargs.slice(2).join(' ')} ended early. ${this.#errors}`))
      }
      child.once('exit', ended)
      child.once('message', (answer) => {
        child.off('exit', ended)
        resolve(answer as Answer)
      })
    })
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }
}

/** Binds a process to a core, with the threads that it has; those to come follow. */
export function pin(pid: number, core: number): void {
  if (isPinned) spawnSync('taskset', ['-a', '-p', '-c', `${core}`, `${pid}`])
}
