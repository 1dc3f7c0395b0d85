import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Order } from './process.js'
import type { Scenario } from './scenarios.js'

/** A contender in its own process, which measures when it is told to. */
export class ContenderProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** @throws Error when it does not do what all contenders must do. */
  static async start(name: string, scenario: Scenario): Promise<ContenderProcess> {
    const program = fileURLToPath(new URL('process.js', import.meta.url))
    const child = fork(program, [name, scenario], { execArgv: ['--expose-gc'] })
    const started = new ContenderProcess(child)
    await started.#answer()
    return started
  }

  async measure(order: Order): Promise<number> {
    this.#child.send(order)
    return this.#answer()
  }

  stop(): void {
    this.#child.kill()
  }

  #answer(): Promise<number> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error(`${child.spawnargs.slice(-2).join(', ')}: ended early`))
      child.once('exit', ended)
      child.once('message', (answer: number) => {
        child.off('exit', ended)
        resolve(answer)
      })
    })
  }
}
