import { callable as callableOf, type Callable } from './callable.js'
import { findBodyReadTwice, findCaptives, findCycles, reachable, type Root } from './check.js'
import { Classes } from './classes.js'
import type { Component } from './component.js'
import type { Settle } from './conclude.js'
import type { Demands, Beyond } from './demand.js'
import { DIError, DIProblem } from './errors.js'
import { DynamicReads, FrameResolver, type DynamicLinks } from './frame-resolver.js'
import { Linker } from './linker.js'
import type { Edge, Node } from './node.js'
import { Plan } from './plan.js'
import { Singletons } from './singletons.js'
import type { Token } from './token.js'

/** What an injector is made of. */
export interface InjectorOptions {
  /** Asked in this order; classes that tsyringe knows come last. */
  readonly components: readonly Component[]
  /** The tokens of the values that each run brings. Default: none. */
  readonly inputs?: readonly Token[]
  /** The token by which a middleware asks for the rest of the pipeline. */
  readonly next?: Token
}

/** What a plan is made for. */
export interface PlanOptions<Result> {
  /** Names the plan in messages: `GET /cart`. */
  readonly name: string
  readonly settle: Settle<Result>
}

/** Knows the components, makes the plans, and owns the singletons. */
export class Injector {
  readonly #linker: Linker
  readonly #inputs: number
  readonly #singletons = new Singletons()
  readonly #plans: Plan<never>[] = []
  readonly #problems: DIProblem[] = []
  #ready: Promise<void> | undefined
  #compiled = 0

  constructor({ components, inputs = [], next }: InjectorOptions) {
    this.#inputs = inputs.length
    this.#linker = new Linker({
      components: [...withCompanions(components), new Classes()],
      inputs,
      next,
    })
  }

  /** Plans a function, or middleware and a handler, in order. Mistakes are told by `ready()`. */
  plan<Result>(
    functions: readonly Callable[],
    { name, settle }: PlanOptions<Result>,
  ): Plan<Result> {
    const nodes = functions.map((one) => this.#linker.link(one, name))
    const plan = new Plan(name, nodes, this.#inputs, settle)
    this.#problems.push(...nextWithoutRest(nodes.at(-1), name))
    this.#plans.push(plan as Plan<never>)
    this.#ready = undefined
    return plan
  }

  /** Adds a mistake that the caller found, to be told with the others. */
  refuse(problem: DIProblem): void {
    this.#problems.push(problem)
  }

  /**
   * Checks every plan, builds the singletons they need, and compiles them.
   *
   * @throws DIError with every mistake of every plan, or with the first singleton that could not be built.
   */
  ready(): Promise<void> {
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    return this.#ready
  }

  /** Disposes the singletons, the last built first. */
  async close(): Promise<void> {
    await this.#singletons.dispose()
  }

  async #prepare(): Promise<void> {
    this.#refuseProblems(this.#plans.flatMap(findBodyReadTwice), this.#plans)
    const reached = reachable(this.#plans.flatMap((plan) => plan.nodes))
    await this.#singletons.build(reached)
    for (; this.#compiled < this.#plans.length; this.#compiled++) {
      this.#plans[this.#compiled]!.compile((demands) => this.#beyond(demands))
    }
  }

  #refuseProblems(found: readonly DIProblem[], roots: readonly Root[]): void {
    const problems = [
      ...this.#linker.problems,
      ...this.#problems,
      ...findCycles(roots),
      ...findCaptives(reachable(roots.flatMap((root) => root.nodes))),
      ...found,
    ]
    if (problems.length > 0) throw new DIError(problems)
  }

  #beyond(demands: () => Demands): Beyond {
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
    const checked = <Linked>(linked: Linked, nodes: readonly Node[]): Linked => {
      const problems = this.#linker.problems.splice(0)
      problems.push(...findCycles([{ plan: undefined, nodes }]), ...findCaptives(reachable(nodes)))
      if (problems.length > 0) throw new DIError(problems)
      return linked
    }
    return {
      token: (asked) => {
        const edge = this.#linker.linkToken(asked, 'Resolver.get')
        return checked(edge, nodesBehind(edge))
      },
      function: (fn) => {
        const node = this.#linker.link(callableOf(fn), undefined)
        return checked(node, [node])
      },
    }
  }
}

function withCompanions(components: readonly Component[]): Component[] {
  return components.flatMap((one) => [one, ...withCompanions(one.companions ?? [])])
}

function nodesBehind(edge: Edge): Node[] {
  if (edge.kind === 'all') return edge.edges.flatMap(nodesBehind)
  if (edge.kind === 'lazy') return nodesBehind(edge.edge)
  return edge.kind === 'node' || edge.kind === 'later' ? [edge.node] : []
}

function nextWithoutRest(handler: Node | undefined, plan: string): DIProblem[] {
  if (!handler?.edges.some((edge) => edge.kind === 'next')) return []
  return [
    new DIProblem({
      code: 'DI_MISSING',
      problem: `${handler.label} asks for Next, but it is the last function: nothing is left to run.`,
      path: [handler.label, 'Next'],
      remedy: 'Ask for Next in middleware only.',
      plan,
    }),
  ]
}
