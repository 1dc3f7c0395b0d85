import { reachable, type Root } from '../graph/check.js'
import { compile } from './compile.js'
import { finish, type ResultHandler } from './finish.js'
import { OnDemand, type RunServices } from './on-demand.js'
import { framesOf, HOOKS, INPUT, isThenable, type Frame } from './frame.js'
import { closeHooks } from './hook-list.js'
import { Layout } from './layout.js'
import { parametersBehind } from '../graph/parameters-behind.js'
import type { Node } from '../graph/node.js'
import type { Parameter } from '../tokens/parameter.js'
import type { Continue } from './steps.js'

/**
 * How to call one function, or a pipeline of middleware and handler: made once, run for each request.
 * A run costs one array and the calls themselves; it is synchronous when everything in it was.
 */
export class Plan<Result = unknown> implements Root {
  /** Names it in messages: `GET /cart`. */
  readonly name: string
  readonly #settle: ResultHandler<Result>
  #nodes: readonly Node[]
  #beyond: MakeBeyond | undefined
  #fresh: ((input: unknown) => Frame) | undefined
  #head: Continue | undefined

  constructor(name: string, nodes: readonly Node[], settle: ResultHandler<Result>) {
    this.name = name
    this.#nodes = nodes
    this.#settle = settle
  }

  /** The middleware and the handler, in order. */
  get nodes(): readonly Node[] {
    return this.#nodes
  }

  /** The parameters that its components look at. */
  get parameters(): Set<Parameter> {
    return parametersBehind(this.#nodes)
  }

  /** Whether it can run. */
  get isPlanned(): boolean {
    return this.#beyond !== undefined
  }

  /** How its values are laid out; the same each time, whether or not it can run. */
  layout(): Layout {
    return new Layout(this.#nodes)
  }

  /**
   * Puts other nodes in place of its own, to be planned by the next `ready()`; requests in flight go
   * on as they began. The result puts the old ones back as they were.
   */
  replace(nodes: readonly Node[]): () => void {
    const [before, beyond, fresh, head] = [this.#nodes, this.#beyond, this.#fresh, this.#head]
    this.#nodes = nodes
    this.#beyond = undefined
    this.#fresh = undefined
    return () => {
      this.#nodes = before
      this.#beyond = beyond
      this.#fresh = fresh
      this.#head = head
    }
  }

  /**
   * Lets it run: it is checked, and the singletons it needs are built. It is compiled by its first run,
   * which finds no more mistakes: an application with many routes would spend its start-up on that.
   */
  prepare(beyond: MakeBeyond): void {
    this.#beyond = beyond
  }

  #compile(): (input: unknown) => Frame {
    const beyond = this.#beyond
    if (!beyond) throw new Error(`${this.name} was run before ready() had planned it`)
    for (const node of reachable(this.#nodes)) {
      if (node.scope === 'singleton' && !node.isBuilt)
        throw new Error('The application was closed.')
    }
    const layout = this.layout()
    const demands: OnDemand = new OnDemand(
      layout,
      beyond(() => demands),
    )
    this.#head = compile(layout, demands, this.#settle, {
      succeeded: (frame, result) => this.#succeeded(frame, result),
      failed: (frame, error) => this.#failed(frame, error),
    })
    return (this.#fresh = framesOf(layout.template))
  }

  /** Runs it, with the value of the injector's input token. */
  run(input?: unknown): Result | Promise<Result> {
    const fresh = this.#fresh ?? this.#compile()
    const frame = fresh(input)
    let result: unknown
    try {
      result = this.#head!(frame)
    } catch (error) {
      return this.#failed(frame, error)
    }
    // A promise has the end of the run in it.
    if (isThenable(result)) return result as Promise<Result>
    return this.#succeeded(frame, result as Result)
  }

  #succeeded(frame: Frame, response: Result): Result | Promise<Result> {
    if (frame[HOOKS] === undefined) {
      closeHooks(frame)
      return this.#settle.complete(response, frame[INPUT])
    }
    return finish(frame, this.#settle, { ok: true, response })
  }

  #failed(frame: Frame, error: unknown): Result | Promise<Result> {
    const response = this.#settle.error(error, frame[INPUT])
    return finish(frame, this.#settle, { ok: false, error, response })
  }
}

/** Gives a plan what it cannot do alone. */
type MakeBeyond = (demands: () => OnDemand) => RunServices
