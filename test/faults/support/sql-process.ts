import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A request, as a message. */
export interface Question {
  readonly id: number
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly cookie: string | undefined
}

export interface Answer {
  readonly id: number
  readonly status: number
  readonly body: string
  readonly cookie: string | undefined
}

/** One of several processes of an application with sessions in one database. */
export class SqlProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>()
  #count = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (answer: Answer) => this.#settle(answer.id, answer))
    child.once('exit', () => {
      for (const id of this.#waiting.keys()) this.#settle(id, undefined)
    })
  }

  static async start(database: string, place: string): Promise<SqlProcess> {
    const program = fileURLToPath(new URL('sql-program.ts', import.meta.url))
    const child = fork(program, [database, place], {
      execArgv: ['--import', '@oxc-node/core/register'],
    })
    await once(child, 'message')
    return new SqlProcess(child)
  }

  /** Nothing when the process ends before it has answered. */
  request(method: Question['method'], path: string, cookie?: string): Promise<Answer | undefined> {
    const id = (this.#count += 1)
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      if (this.#child.connected) this.#child.send({ id, method, path, cookie })
      else this.#settle(id, undefined)
    })
  }

  async kill(): Promise<void> {
    if (this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await once(this.#child, 'exit')
  }

  #settle(id: number, answer: Answer | undefined): void {
    this.#waiting.get(id)?.(answer)
    this.#waiting.delete(id)
  }
}
