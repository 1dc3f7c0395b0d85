import type { Callable } from './tokens/callable.js'
import { findMistakes, type Root } from './graph/check.js'
import type { Site } from './call-site.js'
import type { Component } from './components/component.js'
import type { ResultHandler } from './plan/finish.js'
import { warningsOf } from './inspect/warnings.js'
import { DIError, throwIfAny, withoutRepeats, type DIProblem, type DIWarning } from './errors.js'
import type { Advice } from './graph/erased-types.js'
import { unknownOverride } from './graph/link-errors.js'
import type { RunTokens } from './graph/linker.js'
import { findRequestValues } from './graph/outside-request.js'
import { Plan, type RunServices } from './plan/plan.js'
import { Singletons } from './plan/singletons.js'
import { Resolver } from './tokens/resolver.js'
import type { Token } from './tokens/token.js'
import { reachable, tokensBehind, usesToken } from './graph/reachable.js'
import { ComponentRegistry, type Override } from './graph/component-registry.js'

/** What an injector is made of. */
export interface InjectorOptions extends RunTokens {
  /** The application's components; the first that can handle a parameter is used. */
  readonly components: readonly Component[]
  /** Components that stand after them; classes that tsyringe knows come last. Default: none. */
  readonly builtIns?: readonly Component[]
  /** What the layer above adds to remedies. Default: nothing. */
  readonly advice?: Advice
}

/** What a plan is made for. */
export interface PlanOptions<Result> {
  /** Names the plan in messages: `GET /cart`. */
  readonly name: string
  /** Where it is written, for messages: `src/app.ts:12`. */
  readonly site?: Site | undefined
  readonly resultHandler: ResultHandler<Result>
  /** Whether its functions are in other plans too, which show them and their mistakes. Default: false. */
  readonly isHidden?: boolean
}

/** Knows the components, makes the plans, and owns the singletons. */
export class Injector {
  readonly #options: InjectorOptions
  readonly #singletons = new Singletons()
  readonly #plans: Plan<never>[] = []
  readonly #hidden = new Set<Plan<never>>()
  readonly #problems: DIProblem[] = []
  readonly #sites = new Map<string, Site>()
  #registry: ComponentRegistry
  #parent: { readonly injector: Injector; readonly overrides: readonly Override[] } | undefined
  #ready: Promise<void> | undefined
  #isClosed = false
  /** Whether every plan can run. A plain field, because each request reads it. */
  isReady = false

  constructor(options: InjectorOptions) {
    const { components, builtIns = [], ...others } = options
    this.#options = options
    this.#registry = ComponentRegistry.of([...components, ...builtIns], others)
  }

  /** Every plan that is shown, in the order they were made. */
  get plans(): readonly Plan<never>[] {
    return this.#plans.filter((plan) => !this.#hidden.has(plan))
  }

  /** Whether any plan is made with a token, however long the chain, or may ask a `Resolver` for it. */
  uses(token: Token): boolean {
    return this.#plansWith(token).length > 0
  }

  /** What works but is probably a mistake: a token provided twice, a component that nothing reaches. */
  get warnings(): DIWarning[] {
    return warningsOf(this.plans, this.#options.components)
  }

  /** Plans a function, or middleware and a handler, in order. `ready()` reports their mistakes. */
  plan<Result>(
    functions: readonly Callable[],
    { name, site, resultHandler, isHidden = false }: PlanOptions<Result>,
  ): Plan<Result> {
    if (site && !this.#sites.has(name)) this.#sites.set(name, site)
    const plan = new Plan(name, this.#registry.linker.link(functions, name), resultHandler)
    this.#plans.push(plan as Plan<never>)
    if (isHidden) this.#hidden.add(plan as Plan<never>)
    this.#replan()
    return plan
  }

  /**
   * Plans a function, checks it, and runs it once, without the values that only a request has.
   *
   * @param input stands for the request, for what is asked for while the function runs.
   * @throws DIError with every mistake of the application or of the function.
   */
  async runAlone<Result>(
    fn: Callable,
    input: unknown,
    { name, resultHandler }: PlanOptions<Result>,
  ): Promise<Result> {
    await this.ready()
    const nodes = this.#registry.linker.link([fn], name)
    const root: Root = { name, nodes }
    const reached = reachable(nodes)
    throwIfAny([...findMistakes([root], reached), ...findRequestValues(root)])
    await this.#singletons.build(reached)
    const plan = new Plan(name, nodes, resultHandler)
    plan.prepare(this.#services)
    return plan.run(input)
  }

  /** Adds a mistake that the caller found, to be reported with the others. */
  refuse(problem: DIProblem): void {
    this.#problems.push(problem)
  }

  /**
   * Checks every plan and builds the singletons they need; each is compiled by its first run.
   *
   * @param caller the function whose callers are to see their own line first, when something is wrong.
   * @throws DIError with every mistake of every plan, or with the first singleton that could not be built.
   * @throws Error when it was closed: its singletons are gone.
   */
  ready(caller?: Function): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('The application was closed.'))
    this.#ready ??= this.#prepare(caller).catch((error: unknown) => {
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
   * use the token or reach a `Resolver` are made anew, by the next `ready()`. Singletons made for it live until `close()`.
   *
   * @returns what undoes it; overrides are undone in the reverse order.
   * @throws DIError when no plan uses the token, or when what takes its place cannot be wired.
   */
  override(token: Token, given: unknown, caller?: Function): Disposable {
    const affected = this.#plansWith(token)
    if (affected.length === 0)
      throw new DIError([unknownOverride(token, this.#usedTokens())], [], caller)
    const before = this.#registry
    const registry = before.with([[token, given]])
    const roots = affected.map(({ name, nodes }): Root => {
      const functions = nodes.map((node) => node.callable)
      return { name, nodes: registry.linker.link(functions, name) }
    })
    throwIfAny(findMistakes(roots), caller)
    const restores = affected.map((plan, index) => plan.replace(roots[index]!.nodes))
    this.#registry = registry
    this.#replan()
    return { [Symbol.dispose]: () => this.#undo(registry, before, restores) }
  }

  /**
   * An injector with other values in the place of some tokens, for plans of its own. It shares what the
   * overrides do not touch, singletons included, and closes only what it built itself.
   */
  with(overrides: readonly Override[]): Injector {
    const derived = new Injector(this.#options)
    derived.#registry = this.#registry.with(overrides)
    derived.#parent = { injector: this, overrides }
    return derived
  }

  #undo(
    registry: ComponentRegistry,
    before: ComponentRegistry,
    restores: readonly (() => void)[],
  ): void {
    if (this.#registry !== registry)
      throw new Error('An override is undone once, and the last one first.')
    for (const restore of restores) restore()
    this.#registry = before
    this.#replan()
  }

  #replan(): void {
    this.#ready = undefined
    this.isReady = false
  }

  async #prepare(caller?: Function): Promise<void> {
    const reached = reachable(this.#plans.flatMap((plan) => plan.nodes))
    // Checked before anything is awaited, while the caller is still on the stack.
    const mistakes = findMistakes(this.plans)
    const problems = [
      ...mistakes,
      ...this.#problems,
      ...this.#unknownOverrides(),
      ...this.#mistakesOfComponents(),
    ]
    if (problems.length > 0) {
      const siteOf = (route: string): string => String(this.#sites.get(route) ?? '')
      throw new DIError(withoutRepeats(problems, siteOf), this.warnings, caller)
    }
    await this.#parent?.injector.ready()
    try {
      await this.#singletons.build(reached)
    } catch (error) {
      // oxlint-disable-next-line typescript/unbound-method -- names a frame, and is not called
      if (error instanceof DIError) error.leaveOut(caller, this.#prepare)
      throw error
    }
    const services = this.#services
    for (const plan of this.#plans) if (!plan.isPlanned) plan.prepare(services)
    this.isReady = true
  }

  get #services(): RunServices {
    const { linker } = this.#registry
    return { linker, buildSingleton: (node) => this.#singletons.build([node]) }
  }

  #mistakesOfComponents(): DIProblem[] {
    const { components } = this.#registry
    const plans = this.plans.map(({ name, nodes }) => ({
      name,
      functions: nodes.map(({ callable }): unknown => callable.fn),
      uses: (token: Token) => nodes.some((node) => usesToken(node, [token])),
    }))
    return components.flatMap((one) => [...(one.findMistakes?.({ components, plans }) ?? [])])
  }

  #unknownOverrides(): DIProblem[] {
    const tokens = this.#parent?.overrides.map(([token]) => token) ?? []
    return tokens
      .filter((token) => !this.uses(token))
      .map((token) => unknownOverride(token, this.#usedTokens()))
  }

  /** The plans that use a token, and those that may ask for any: they reach a `Resolver`. */
  #plansWith(token: Token): Plan<never>[] {
    const wanted = [token, Resolver]
    return this.#plans.filter((plan) => plan.nodes.some((node) => usesToken(node, wanted)))
  }

  #usedTokens(): Token[] {
    return [...new Set(tokensBehind(this.#plans.flatMap((plan) => plan.nodes)))]
  }
}
