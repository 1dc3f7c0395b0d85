import {
  callable,
  DIError,
  Injector,
  token,
  type Component,
  type Finish,
  type Hook,
  type Injectable,
  type Plan,
  type Token,
} from '../../src/di/index.js'

/** What a middleware asks for in these tests. */
export const Next = token<(options?: { readonly errors?: 'throw' }) => Promise<unknown>>('Next')

/** What a function asks for in these tests to register its hooks. */
export abstract class Hooks {
  abstract afterHandler(hook: Hook<Response>): void
  abstract afterResponse(hook: Hook<Response>): void
}

/** How a run ended that failed: with this error. */
export class Failed {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** What a plan is made of, beside its handler. */
export interface WorldOptions {
  readonly components?: readonly Component[]
  readonly middleware?: readonly Injectable[]
  readonly input?: Token
  readonly name?: string
}

/** An injector with one plan, whose results are what its functions return. */
export class World {
  readonly injector: Injector
  readonly plan: Plan
  /** What the plan told of failed requests. */
  readonly reports: unknown[] = []
  /** One for each run: what ends its response, when hooks wait for that. */
  readonly finishes: (Finish | undefined)[] = []

  constructor(handler: Injectable, options: WorldOptions = {}) {
    const { components = [], middleware = [], input, name = 'GET /' } = options
    this.injector = new Injector({ components, ...(input && { input }), hooks: Hooks, next: Next })
    this.plan = this.add(name, handler, middleware)
  }

  /** A ready world. */
  static async of(handler: Injectable, options: WorldOptions = {}): Promise<World> {
    const world = new World(handler, options)
    await world.injector.ready()
    return world
  }

  /** Plans one more handler. */
  add(name: string, handler: Injectable, middleware: readonly Injectable[] = []): Plan {
    return this.injector.plan(
      [...middleware, handler].map((one) => callable(one)),
      {
        name,
        resultHandler: {
          value: (value): unknown => value,
          error: (error) => new Failed(error),
          report: (error) => this.reports.push(error),
          complete: (result, _input, finish) => {
            this.finishes.push(finish)
            return result
          },
        },
      },
    )
  }

  run(input?: unknown): unknown {
    return this.plan.run(input)
  }

  /** Ends the response of the last run. */
  async finish(error?: unknown): Promise<void> {
    await this.finishes.at(-1)?.(error)
  }
}

/** The error with which `ready()` refuses a handler. */
export async function refusal(handler: Injectable, options: WorldOptions = {}): Promise<DIError> {
  const world = new World(handler, options)
  return refusalOf(world.injector.ready())
}

/** The `DIError` with which a promise rejects. */
export async function refusalOf(promise: unknown): Promise<DIError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof DIError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** A message without the lines of the test files, which every change moves: `(GET /, test/di/a.test.ts:7)`. */
export function withoutSites(message: string): string {
  return message.replaceAll(/, [^\s(),]+:\d+(?=[);.])| \([^\s(),]+:\d+\)/g, '')
}
