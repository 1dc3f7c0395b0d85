import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import process from 'node:process'
import type { RunningServer } from '../http/index.js'
import { ChildProgram, type ProgramOptions } from './child-program.js'
import { FileWatch } from './file-watch.js'
import { History } from './history.js'
import { pageApp } from './page-app.js'

/** What `ingot dev` is given. */
export interface DevOptions extends ProgramOptions {
  /** The port of the page; default: 4000, or a free one. */
  readonly page: number | undefined
}

/**
 * Runs the application of a module, again when a file that it loaded changes, with a page beside it. Ends with a
 * signal.
 *
 * @returns the exit code.
 * @throws Error with NODE_ENV=production: the page shows sessions.
 */
export async function runDev(options: DevOptions): Promise<number> {
  if (process.env['NODE_ENV'] === 'production')
    throw new Error(
      'ingot dev is for developing, and NODE_ENV is production: its page shows sessions, and ends them. Run the program itself: node --import ingot/register src/main.ts.',
    )
  if (!existsSync(options.module)) throw new Error(`There is no file ${options.module}.`)
  const run = new DevRun(options)
  await run.start()
  await new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop())
  })
  await run.stop()
  return 0
}

/** The program, the files that it loaded, and the page. */
class DevRun {
  readonly #options: DevOptions
  readonly #history = new History()
  readonly #program: ChildProgram
  readonly #files: FileWatch
  readonly #page
  #restarting = Promise.resolve()

  constructor(options: DevOptions) {
    this.#options = options
    this.#files = new FileWatch((path) => this.#restart(relative('.', path)))
    this.#program = new ChildProgram(
      options,
      (message) => {
        if (message.type === 'loaded') this.#files.add(message.path)
        else this.#history.heard(message)
        if (message.type === 'failed') this.#files.takesAll = true
        if (message.type === 'started') say(`Application at ${message.url ?? 'its own address'}`)
      },
      (code) => {
        this.#files.takesAll = true
        this.#history.failed(`The program ended with code ${code}.`)
        say(`The program ended with code ${code}. It starts again when a file changes.`)
      },
    )
    this.#page = pageApp(this.#history, (question) => this.#program.ask(question))
  }

  async start(): Promise<void> {
    const { url } = await this.#listen()
    say(`Page of ingot dev at ${url.replace('127.0.0.1', 'localhost')}`)
    this.#files.add(resolve(this.#options.module))
    if (existsSync('.env')) this.#files.add(resolve('.env'))
    this.#history.starting(undefined)
    this.#program.start()
  }

  async stop(): Promise<void> {
    this.#files.close()
    await this.#restarting
    await this.#program.stop()
    await this.#page.close()
  }

  /** Another program may have the usual port. */
  async #listen(): Promise<RunningServer> {
    const where = { hostname: '127.0.0.1', drainTimeout: 100 }
    const { page } = this.#options
    if (page !== undefined) return this.#page.listen({ ...where, port: page })
    try {
      return await this.#page.listen({ ...where, port: 4000 })
    } catch (error) {
      if ((error as { code?: string }).code !== 'EADDRINUSE') throw error
      return this.#page.listen({ ...where, port: 0 })
    }
  }

  #restart(changed: string): void {
    this.#restarting = this.#restarting.then(async () => {
      say(`${changed} has changed`)
      await this.#program.stop()
      this.#files.takesAll = false
      this.#history.starting(changed)
      this.#program.start()
    })
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
