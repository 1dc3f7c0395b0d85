import { callable as callableOf, type Callable } from './tokens/callable.js'
import { brokenIn, findMistakes, reachable, type Root } from './graph/check.js'
import type { Component } from './components/component.js'
import type { ResultHandler } from './plan/finish.js'
import type { RunServices, OnDemand } from './plan/on-demand.js'
import { warningsOf } from './inspect/warnings.js'
import { DIError, DIProblem, withoutRepeats, type DIWarning } from './errors.js'
import { DynamicReads, FrameResolver, type DynamicLinks } from './plan/frame-resolver.js'
import { nodesBehind, type Edge, type Node } from './graph/node.js'
import { unknownOverride } from './components/replacement.js'
import { Plan } from './plan/plan.js'
import { Singletons } from './graph/singletons.js'
import type { Token } from './tokens/token.js'
import { tokensBehind, usesToken } from './graph/reachable.js'
import { ComponentRegistry, type Override } from './graph/component-registry.js'

/** What an injector is made of. */
export interface InjectorOptions {
  /** The application's components, asked in this order. */
  readonly components: readonly Component[]
  /** Asked after them; classes that tsyringe knows come last. Default: none. */
  readonly builtIns?: readonly Component[]
  /** The token of the value that each run brings. Default: none. */
  readonly input?: Token
  /** The token by which a middleware asks for the rest of the pipeline. */
  readonly next?: Token
}

/** What a plan is made for. */
export interface PlanOptions<Result> {
  /** Names the plan in messages: `GET /cart`. */
  readonly name: string
  readonly resultHandler: ResultHandler<Result>
}

/** Knows the components, makes the plans, and owns the singletons. */
export class Injector {
  readonly #options: InjectorOptions
  readonly #singletons = new Singletons()
  readonly #plans: Plan<never>[] = []
  readonly #problems: DIProblem[] = []
  #wiring: ComponentRegistry
  #parent: { readonly injector: Injector; readonly overrides: readonly Override[] } | undefined
  #ready: Promise<void> | undefined
  #isReady = false
  #isClosed = false

  constructor(options: InjectorOptions) {
    const { components, builtIns = [], input, next } = options
    this.#options = options
    this.#wiring = ComponentRegistry.of([...components, ...builtIns], { input, next })
  }

  /** Whether every plan can run. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Every plan, in the order they were made. */
  get plans(): readonly Plan<never>[] {
    return this.#plans
  }

  /** Whether any plan is made with a token, however long the chain. */
  uses(token: Token): boolean {
    return this.#plans.some((plan) => plan.nodes.some((node) => usesToken(node, [token])))
  }

  /** What works and may still not be meant: a token provided twice, a component that nothing reaches. */
  get warnings(): DIWarning[] {
    return warningsOf(this.#plans, this.#options.components)
  }

  /** Plans a function, or middleware and a handler, in order. Mistakes are told by `ready()`. */
  plan<Result>(
    functions: readonly Callable[],
    { name, resultHandler }: PlanOptions<Result>,
  ): Plan<Result> {
    const nodes = functions.map((one) => this.#wiring.linker.link(one, name))
    const plan = new Plan(name, nodes, resultHandler)
    this.#problems.push(...nextWithoutRest(nodes.at(-1), name))
    this.#plans.push(plan as Plan<never>)
    this.#replan()
    return plan
  }

  /** Adds a mistake that the caller found, to be told with the others. */
  refuse(problem: DIProblem): void {
    this.#problems.push(problem)
  }

  /**
   * Checks every plan and builds the singletons they need; each is compiled by its first run.
   *
   * @throws DIError with every mistake of every plan, or with the first singleton that could not be built.
   * @throws Error when it was closed: its singletons are gone.
   */
  ready(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('The application was closed.'))
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#replan()
      throw error
    })
    return this.#ready
  }

  /** Disposes the singletons, the last built first. It cannot be made ready again. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#replan()
    await this.#singletons.dispose()
  }

  /**
   * Puts a value, or what a component makes, in the place of a token, at any depth. Only the plans that
   * use the token are made anew, by the next `ready()`. Singletons made for it live until `close()`.
   *
   * @returns what undoes it; overrides are undone in the reverse order.
   * @throws DIError when no plan uses the token, or when what takes its place cannot be wired.
   */
  override(token: Token, given: unknown): Disposable {
    const affected = this.#plans.filter((plan) =>
      plan.nodes.some((node) => usesToken(node, [token])),
    )
    if (affected.length === 0) throw new DIError([unknownOverride(token, this.#asked())])
    const before = this.#wiring
    const wiring = before.with([[token, given]])
    const roots = affected.map(({ name, nodes }): Root => {
      return { name, nodes: nodes.map((node) => wiring.linker.link(node.callable, name)) }
    })
    throwIfAny(findMistakes(roots))
    const restores = affected.map((plan, index) => plan.replace(roots[index]!.nodes))
    this.#wiring = wiring
    this.#replan()
    return { [Symbol.dispose]: () => this.#undo(wiring, before, restores) }
  }

  /**
   * An injector with other values in the place of some tokens, for plans of its own. It shares what the
   * overrides do not touch, singletons included, and closes only what it built itself.
   */
  with(overrides: readonly Override[]): Injector {
    const derived = new Injector(this.#options)
    derived.#wiring = this.#wiring.with(overrides)
    derived.#parent = { injector: this, overrides }
    return derived
  }

  #undo(
    wiring: ComponentRegistry,
    before: ComponentRegistry,
    restores: readonly (() => void)[],
  ): void {
    if (this.#wiring !== wiring)
      throw new Error('An override is undone once, and the last one first.')
    for (const restore of restores) restore()
    this.#wiring = before
    this.#replan()
  }

  #replan(): void {
    this.#ready = undefined
    this.#isReady = false
  }

  async #prepare(): Promise<void> {
    await this.#parent?.injector.ready()
    const reached = reachable(this.#plans.flatMap((plan) => plan.nodes))
    const mistakes = findMistakes(this.#plans, reached)
    const problems = [...mistakes, ...this.#problems, ...this.#unknownOverrides()]
    if (problems.length > 0) throw new DIError(withoutRepeats(problems), this.warnings)
    await this.#singletons.build(reached)
    const beyond = (demands: () => OnDemand): RunServices => this.#beyond(demands)
    for (const plan of this.#plans) if (!plan.isPlanned) plan.prepare(beyond)
    this.#isReady = true
  }

  #unknownOverrides(): DIProblem[] {
    const tokens = this.#parent?.overrides.map(([token]) => token) ?? []
    const nodes = this.#plans.flatMap((plan) => plan.nodes)
    return tokens
      .filter((token) => !nodes.some((node) => usesToken(node, [token])))
      .map((token) => unknownOverride(token, this.#asked()))
  }

  #asked(): Token[] {
    return [...new Set(tokensBehind(this.#plans.flatMap((plan) => plan.nodes)))]
  }

  #beyond(demands: () => OnDemand): RunServices {
    const reads = new DynamicReads(this.#links(), demands)
    return {
      resolver: (frame, position) => new FrameResolver(frame, position, reads),
      singleton: async (node) => {
        await this.#singletons.build([node])
        return node.value
      },
    }
  }

  /** Links for a `Resolver`: what is wrong is thrown to who asked, and not kept. */
  #links(): DynamicLinks {
    const { linker } = this.#wiring
    const checked = (link: () => Edge): Edge => {
      const edge = link()
      const broken = brokenIn(edge)
      const root = { name: undefined, nodes: nodesBehind(edge) }
      throwIfAny([...(broken ? [broken] : []), ...findMistakes([root])])
      return edge
    }
    return {
      token: (asked) => checked(() => linker.linkToken(asked, 'Resolver.get')),
      function: (fn) => {
        const link = (): Edge => edgeTo(linker.link(callableOf(fn), undefined))
        return nodesBehind(checked(link))[0]!
      },
    }
  }
}

function edgeTo(node: Node): Edge {
  return { kind: 'node', node }
}

function throwIfAny(problems: readonly DIProblem[]): void {
  if (problems.length > 0) throw new DIError(problems)
}

function nextWithoutRest(handler: Node | undefined, name: string): DIProblem[] {
  if (!handler?.edges.some((edge) => edge.kind === 'next')) return []
  return [
    new DIProblem({
      code: 'DI_MISSING',
      problem: `${handler.label} asks for Next, but it is the last function: nothing is left to run.`,
      path: [handler.label, 'Next'],
      remedy: 'Ask for Next in middleware only.',
      route: name,
    }),
  ]
}
