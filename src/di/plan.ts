import { reachable, type Root } from './check.js'
import { compile } from './compile.js'
import { conclude, type Settle } from './conclude.js'
import { Demands, type Beyond } from './demand.js'
import { HOOKS, INPUTS, FIRST_INPUT, isThenable, type Frame } from './frame.js'
import { HookList } from './hook-list.js'
import { Layout } from './layout.js'
import type { Node } from './node.js'
import type { Continue } from './steps.js'

/**
 * How to call one function, or a pipeline of middleware and handler: made once, run for each request.
 * A run costs one array and the calls themselves; it is synchronous when everything in it was.
 */
export class Plan<Result = unknown> implements Root {
  /** Names it in messages: `GET /cart`. */
  readonly plan: string
  /** The middleware and the handler, in order. */
  readonly nodes: readonly Node[]
  readonly #settle: Settle<Result>
  readonly #inputs: number
  #layout: Layout | undefined
  #template: unknown[] | undefined
  #head: Continue | undefined

  constructor(name: string, nodes: readonly Node[], inputs: number, settle: Settle<Result>) {
    this.plan = name
    this.nodes = nodes
    this.#inputs = inputs
    this.#settle = settle
  }

  /** How the plan is laid out, for `explain`; known after `ready()`. */
  get layout(): Layout | undefined {
    return this.#layout
  }

  /** Every node that the plan may make. */
  get reached(): Set<Node> {
    return reachable(this.nodes)
  }

  /** Compiles it; the singletons it needs are built by then. */
  compile(beyond: (demands: () => Demands) => Beyond): void {
    const layout = new Layout(this.nodes, this.#inputs)
    const demands: Demands = new Demands(
      layout,
      beyond(() => demands),
    )
    this.#head = compile(layout, demands, this.#settle)
    this.#template = layout.template
    this.#layout = layout
  }

  /** Runs it with one value for each input token of the injector. */
  run(inputs: readonly unknown[]): Result | Promise<Result> {
    if (!this.#template) throw new Error(`${this.plan} was run before ready() had planned it`)
    const frame = this.#template.slice()
    frame[INPUTS] = inputs
    for (let index = 0; index < inputs.length; index++) frame[FIRST_INPUT + index] = inputs[index]
    let result: unknown
    try {
      result = this.#head!(frame)
    } catch (error) {
      return this.#failed(frame, error)
    }
    if (isThenable(result)) {
      return result.then(
        (value) => this.#succeeded(frame, value as Result),
        (error: unknown) => this.#failed(frame, error),
      ) as Promise<Result>
    }
    return this.#succeeded(frame, result as Result)
  }

  #succeeded(frame: Frame, response: Result): Result | Promise<Result> {
    if (frame[HOOKS] === undefined) {
      frame[HOOKS] = CLOSED
      return this.#settle.complete(response, frame[INPUTS] as readonly unknown[])
    }
    return conclude(frame, this.#settle, { ok: true, response })
  }

  #failed(frame: Frame, error: unknown): Result | Promise<Result> {
    const response = this.#settle.error(error, frame[INPUTS] as readonly unknown[])
    return conclude(frame, this.#settle, { ok: false, error, response })
  }
}

/** What a run without hooks leaves behind: a hook that is registered later is refused, not forgotten. */
const CLOSED = HookList.closed()
