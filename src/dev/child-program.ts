import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Answer, ProgramMessage, Question } from './messages.js'

/** Which module runs, and how. */
export interface ProgramOptions {
  readonly module: string
  readonly exported: string | undefined
  readonly port: number | undefined
}

/** How long a program may take to end, in milliseconds; then it is killed. */
const LAST_WORDS = 2000

/** The process of the application: one at a time. */
export class ChildProgram {
  readonly #options: ProgramOptions
  readonly #heard: (message: ProgramMessage) => void
  readonly #ended: (code: number | null) => void
  readonly #questions = new Map<number, (answer: Answer) => void>()
  #child: ChildProcess | undefined
  #asked = 0

  /** @param ended is called when the program ends by itself. */
  constructor(
    options: ProgramOptions,
    heard: (message: ProgramMessage) => void,
    ended: (code: number | null) => void,
  ) {
    this.#options = options
    this.#heard = heard
    this.#ended = ended
  }

  start(): void {
    const { module, exported, port } = this.#options
    const entry = fileURLToPath(new URL(`./program/main${ENDING}`, import.meta.url))
    const env = { ...process.env, ...(port !== undefined && { PORT: String(port) }) }
    const environment = existsSync('.env') ? ['--env-file=.env'] : []
    const child = fork(entry, [module, ...(exported === undefined ? [] : [exported])], {
      env: { NODE_ENV: 'development', ...env },
      execArgv: [...process.execArgv, ...environment, '--enable-source-maps'],
    })
    this.#child = child
    child.on('message', (message: ProgramMessage) => {
      if (this.#child !== child) return
      if (message.type !== 'answer') return this.#heard(message)
      this.#questions.get(message.id)?.(message.answer)
      this.#questions.delete(message.id)
    })
    child.once('exit', (code) => {
      if (this.#child !== child) return
      this.#child = undefined
      this.#forgetQuestions()
      this.#ended(code)
    })
  }

  /** Asks the program about a session. */
  ask(question: Omit<Question, 'id'>): Promise<Answer> {
    const child = this.#child
    if (!child?.connected) return Promise.resolve(NOT_RUNNING)
    this.#asked += 1
    const id = this.#asked
    return new Promise((answered) => {
      this.#questions.set(id, answered)
      child.send({ id, ...question } satisfies Question)
    })
  }

  /** Ends the program, with a signal first. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    this.#forgetQuestions()
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    const kill = setTimeout(() => child.kill('SIGKILL'), LAST_WORDS)
    child.kill('SIGTERM')
    await exited
    clearTimeout(kill)
  }

  #forgetQuestions(): void {
    for (const answered of this.#questions.values()) answered(NOT_RUNNING)
    this.#questions.clear()
  }
}

const NOT_RUNNING: Answer = { refused: 'The application is not running.' }

/** Built, the files beside this one are JavaScript. */
const ENDING = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
