import type { Root } from '../graph/check.js'
import { compile } from './compile.js'
import { finishLater, hookFailed, withFailure, type ResultHandler } from './finish.js'
import { OnDemand } from './on-demand.js'
import { resolversOf, type FrameResolver } from './frame-resolver.js'
import {
  framesOf,
  HOOKS,
  INPUT,
  isThenable,
  type Continuation,
  type Continue,
  type Frame,
} from './frame.js'
import { CLOSED, type HookList } from './hook-list.js'
import { Layout } from './layout.js'
import type { Linker } from '../graph/linker.js'
import type { Node } from '../graph/node.js'
import type { Outcome } from '../tokens/hooks.js'
import { constructed, parametersBehind, reachable } from '../graph/reachable.js'
import type { Parameter } from '../tokens/parameter.js'

/**
 * How to call one function, or a pipeline of middleware and handler: made once, run for each request.
 * A run costs one array and the calls themselves; it is synchronous when everything in it was.
 */
export class Plan<Result = unknown> implements Root {
  /** Names it in messages: `GET /cart`. */
  readonly name: string
  readonly #resultHandler: ResultHandler<Result>
  #nodes: readonly Node[]
  #services: RunServices | undefined
  #fresh: ((input: unknown) => Frame) | undefined
  #head: Continue | undefined
  #resolverOf: ((frame: Frame, position: number) => FrameResolver) | undefined

  constructor(name: string, nodes: readonly Node[], resultHandler: ResultHandler<Result>) {
    this.name = name
    this.#nodes = nodes
    this.#resultHandler = resultHandler
  }

  /** The middleware and the handler, in order. */
  get nodes(): readonly Node[] {
    return this.#nodes
  }

  /** The parameters that its components read. */
  get parameters(): Set<Parameter> {
    return parametersBehind(this.#nodes)
  }

  /** Whether one of its functions cannot be called without a value that is for handlers only. */
  needsHandler(index: number): boolean {
    const node = this.#nodes[index]
    return node !== undefined && [...constructed([node])].some((one) => one.needsHandler)
  }

  /** Whether it can run. */
  get isPlanned(): boolean {
    return this.#services !== undefined
  }

  /** How its values are laid out; the same each time, whether or not it can run. */
  layout(): Layout {
    return new Layout(this.#nodes)
  }

  /**
   * Puts other nodes in place of its own, to be planned by the next `ready()`; requests in flight end
   * with the old ones. The returned function puts the old ones back.
   */
  replace(nodes: readonly Node[]): () => void {
    const [before, services, fresh, head] = [this.#nodes, this.#services, this.#fresh, this.#head]
    const resolverOf = this.#resolverOf
    this.#nodes = nodes
    this.#services = undefined
    this.#fresh = undefined
    return () => {
      this.#nodes = before
      this.#services = services
      this.#fresh = fresh
      this.#head = head
      this.#resolverOf = resolverOf
    }
  }

  /**
   * Lets it run: it is checked, and the singletons it needs are built. Its first run compiles it, because
   * an application with many routes would spend its start-up on that.
   */
  prepare(services: RunServices): void {
    this.#services = services
  }

  #compile(): (input: unknown) => Frame {
    const services = this.#services
    if (!services) throw new Error(`${this.name} was run before ready() had planned it`)
    for (const node of reachable(this.#nodes)) {
      if (node.scope === 'singleton' && !node.isBuilt)
        throw new Error('The application was closed.')
    }
    const layout = this.layout()
    const observer = this.#resultHandler.observer?.()
    const onDemand: OnDemand = new OnDemand(layout, {
      buildSingleton: services.buildSingleton,
      resolver: (frame, position) => resolvers(frame, position),
      observer,
    })
    const resolvers = (this.#resolverOf = resolversOf(onDemand, layout, services.linker))
    const thenFinish = this.#thenFinish()
    this.#head = compile(layout, onDemand, this.#resultHandler, thenFinish, observer)
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
    // The promise ends the run itself.
    if (isThenable(result)) return result as Promise<Result>
    if (frame[HOOKS] !== undefined)
      return this.#end(frame, { ok: true, response: result as Result })
    // Most runs have no hooks, and need no outcome.
    frame[HOOKS] = CLOSED
    return this.#resultHandler.complete(result as Result, frame[INPUT])
  }

  /**
   * Begins a run whose function is somebody else's, who asks for values one by one and ends it: for a request that
   * another framework handles.
   */
  open(input: unknown): OpenRun<Result> {
    const fresh = this.#fresh ?? this.#compile()
    const frame = fresh(input)
    return {
      resolver: this.#resolverOf!(frame, 0),
      end: (response) => this.#end(frame, { ok: true, response }),
    }
  }

  /** Continues the first function, and then ends the run. A result that waits again ends the run itself. */
  #thenFinish(): Continuation {
    return (frame, promise, go) =>
      Promise.resolve(promise).then(
        (value) => {
          let result: unknown
          try {
            result = go(frame, value as never)
          } catch (error) {
            return this.#failed(frame, error)
          }
          if (isThenable(result)) return result
          return this.#end(frame, { ok: true, response: result as Result })
        },
        (error: unknown) => this.#failed(frame, error),
      )
  }

  #failed(frame: Frame, error: unknown): Result | Promise<Result> {
    // Otherwise the middleware around it has seen it end.
    if (this.#nodes.length === 1) this.#resultHandler.handlerEnded?.(frame[INPUT])
    const response = this.#resultHandler.error(error, frame[INPUT])
    return this.#end(frame, { ok: false, error, response })
  }

  /** Runs the hooks, the last made first, before the response begins. */
  #end(frame: Frame, outcome: Outcome<Result>): Result | Promise<Result> {
    const list = frame[HOOKS] as HookList | undefined
    if (!list) {
      frame[HOOKS] = CLOSED
      return this.#complete(frame, outcome)
    }
    if (outcome.ok && this.#nodes.length === 1) this.#resultHandler.handlerEnded?.(frame[INPUT])
    const current = list.failure ? withFailure(list.failure, outcome) : outcome
    const after = list.run('afterHandler', current as Outcome<never>, (error, last) =>
      hookFailed(frame, this.#resultHandler, error, last),
    )
    if (!isThenable(after)) return this.#complete(frame, after, list)
    return after.then((last) => this.#complete(frame, last, list))
  }

  #complete(frame: Frame, outcome: Outcome<Result>, list?: HookList): Result {
    const handler = this.#resultHandler
    const input = frame[INPUT]
    if (!outcome.ok) handler.report(outcome.error, input)
    if (!list?.waits('afterResponse')) return handler.complete(outcome.response, input)
    return handler.complete(outcome.response, input, finishLater(frame, handler, outcome, list))
  }
}

/** A run that somebody else ends. */
export interface OpenRun<Result> {
  readonly resolver: FrameResolver
  /** Runs the hooks: the last step, once. */
  end(result: Result): Result | Promise<Result>
}

/** What a plan needs for tokens and singletons that it meets only while a request runs. */
export interface RunServices {
  readonly linker: Linker
  readonly buildSingleton: (node: Node) => Promise<void> | undefined
}
