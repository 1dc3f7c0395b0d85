import { describeParameters } from '../tokens/parameter-info.js'
import { Callable, callable as callableOf, type Injectable } from '../tokens/callable.js'
import { findMistakes } from './check.js'
import { ComponentIndex } from './component-index.js'
import type { Component } from '../components/component.js'
import { fromAnotherCopy } from '../copies.js'
import { throwIfAny } from '../errors.js'
import type { Advice } from './erased-types.js'
import { LinkErrors } from './link-errors.js'
import { isMarker, isSameToken } from '../tokens/marker.js'
import { all, constant, edgeTo, later, lazy, Node, nodeFor, ofRun, type Edge } from './node.js'
import { Parameter } from '../tokens/parameter.js'
import { placeOf, type Place } from './place.js'
import { Resolver } from '../tokens/resolver.js'
import { bind } from '../components/binding.js'
import { NodeCache } from './node-cache.js'
import { readTypeArguments, TypeArguments } from './type-arguments.js'
import {
  describeReceiver,
  describeToken,
  Modifier,
  type AnyToken,
  type Token,
} from '../tokens/token.js'

/** The tokens of what each run brings. */
export interface RunTokens {
  /** The token of the value that each run is given. Default: none. */
  readonly input?: Token | undefined
  /** The token of a function's hooks, with `afterHandler` and `afterResponse`. Default: none. */
  readonly hooks?: Token | undefined
  /** The token by which a middleware asks for the rest of the pipeline. Default: none. */
  readonly next?: Token | undefined
}

/** What a linker knows: the components in their order, and what each run brings. */
export interface LinkerOptions extends RunTokens {
  readonly components: readonly Component[]
  readonly advice?: Advice | undefined
  /** The linker whose nodes are used as they are, unless they need one of the overridden tokens. */
  readonly inherit?: { readonly from: Linker; readonly overridden: readonly Token[] }
}

/**
 * Turns functions into nodes: finds the token of each parameter, binds it to a component, and links the
 * graph below. A mistake becomes an edge instead of an exception, so that `ready()` reports all of them.
 */
export class Linker {
  readonly #options: LinkerOptions
  readonly #components: ComponentIndex
  readonly #cache: NodeCache
  readonly #known = new Set<Token>()
  /** The transients that are being linked, the outermost first. */
  readonly #open: { component: Component; key: object; node: Node }[] = []
  readonly #errors: LinkErrors
  readonly #typeArguments = new TypeArguments()
  /** The last function of the plan that is being linked. */
  #isLast = false

  constructor(options: LinkerOptions) {
    const { inherit } = options
    this.#options = options
    this.#components = new ComponentIndex(options.components)
    this.#errors = new LinkErrors(options.advice ?? {})
    this.#cache = new NodeCache(
      inherit && { from: inherit.from.#cache, overridden: inherit.overridden },
    )
  }

  /** Links the functions of a plan. The node of each belongs to the plan alone. */
  link(functions: readonly Callable[], route: string | undefined): Node[] {
    return functions.map((callable, index) => {
      this.#isLast = index === functions.length - 1
      return this.#function(callable, route)
    })
  }

  /**
   * Links one token while a request runs, for a `Resolver`.
   *
   * @throws DIError with every mistake of its graph.
   */
  linkToken(token: AnyToken): Edge {
    this.#errors.route = undefined
    const edge = this.#edge(placeOf(token, { index: 0 }, 'Resolver.get', undefined))
    const mistakes = findMistakes([{ name: undefined, nodes: edge.nodes }])
    throwIfAny(edge.problem ? [edge.problem, ...mistakes] : mistakes)
    return edge
  }

  /**
   * Links one function while a request runs, for a `Resolver`.
   *
   * @throws DIError with every mistake of its graph.
   */
  linkFunction(fn: Injectable | Callable): Node {
    this.#isLast = true
    const node = this.#function(fn instanceof Callable ? fn : callableOf(fn), undefined)
    throwIfAny(findMistakes([{ name: undefined, nodes: [node] }]))
    return node
  }

  #function(callable: Callable, route: string | undefined): Node {
    this.#errors.route = route
    const label = callable.name
    const node = new Node({ label, provider: 'handler', scope: 'transient', callable })
    this.#fill(node, undefined)
    return node
  }

  #fill(node: Node, fills: Parameter | undefined): void {
    const { callable } = node
    const { name: owner, receiverClass } = callable
    this.#errors.trail.push(node.label)
    if (receiverClass)
      node.receiver = this.#edge(placeOf(receiverClass, { index: -1 }, owner, fills))
    const elsewhere = fromAnotherCopy(callable.fn) ?? fromAnotherCopy(callable.owner)
    if (elsewhere) node.edges = [this.#errors.ofAnotherCopy(owner, elsewhere)]
    else
      node.edges = describeParameters(callable).map((info) =>
        info.token
          ? this.#edge(placeOf(info.token, info, owner, fills))
          : this.#errors.erased(info, { ...info, owner }),
      )
    if (callable.call) node.edges = [...node.edges, ofRun('input', 'the request')]
    this.#errors.trail.pop()
  }

  #edge(place: Place): Edge {
    const { token } = place
    if (!(token instanceof Modifier)) return this.#bound(place as Place<Token>)
    const subject = token.subject as AnyToken
    switch (token.modifier) {
      case 'optional':
        return this.#edge({ ...place, token: subject, isOptional: true })
      case 'nullable':
        return this.#edge({ ...place, token: subject, isOptional: true, absent: null })
      case 'ref':
        return this.#edge({ ...place, token: (token.subject as () => AnyToken)() })
      case 'lazy':
        return lazy(this.#edge({ ...place, token: subject, isDeferred: true }))
      case 'all':
        return this.#all(new Parameter({ ...place, token: token.subject as Token }))
      case 'call':
        return edgeTo(this.#call(token))
      case 'later':
        return later(this.#call(token))
    }
  }

  #bound(place: Place<Token>): Edge {
    const { token, fills } = place
    if ((token as unknown) === Parameter && fills) return constant(fills, 'Parameter')
    const parameter = new Parameter(place)
    const component = this.#components.first(parameter)
    if (!component) return this.#withoutComponent(parameter, place)
    // Only names are suggested, and a handler may make a new marker for each request.
    if (!isMarker(token)) this.#known.add(token)
    const other = this.#typeArguments.differAt(place)
    const rivals = other ? this.#components.rivals(component, parameter) : []
    if (other && rivals.length > 1)
      return this.#errors.sameClass(
        place,
        other,
        rivals.map((one) => bind(one, parameter).provider),
      )
    return edgeTo(this.#node(component, parameter))
  }

  /** What each run brings; else the token is missing. */
  #withoutComponent(parameter: Parameter, place: Place): Edge {
    const { token } = parameter
    const { input, hooks, next } = this.#options
    const is = (other?: Token): boolean => other !== undefined && isSameToken(other, token)
    if (is(input)) return ofRun('input', describeToken(token), token)
    if (is(hooks)) return ofRun('hooks', describeToken(token), token)
    if (is(Resolver)) return ofRun('resolver', 'Resolver', token)
    if (is(next)) return this.#next(place)
    if (is(Parameter)) return this.#errors.parameterOfNothing(place)
    return this.#missing(parameter, place.absent)
  }

  /** Only a middleware itself may ask for `Next`, and not through `lazy`. */
  #next(place: Place): Edge {
    if (this.#errors.trail.length !== 1 || place.isDeferred)
      return this.#errors.nextElsewhere(place)
    return this.#isLast ? this.#errors.nextOfNothing() : ofRun('next', 'Next')
  }

  #all(parameter: Parameter): Edge {
    const edges = this.#components
      .all(parameter)
      .map((component) => edgeTo(this.#node(component, parameter)))
    return all(edges, `all(${describeToken(parameter.token)})`)
  }

  #node(component: Component, parameter: Parameter): Node {
    const key = this.#cache.keyOf(parameter, readTypeArguments(component, parameter))
    const known = this.#cache.get(component, key)
    if (known) return known
    const binding = bind(component, parameter)
    if (binding.scope === 'transient') {
      // A transient that needs itself reuses its node, so that the check finds a ring instead of an endless chain.
      const open = this.#open.find((one) => one.component === component && one.key === key)
      return (
        open?.node ?? this.#own(nodeFor(binding, component, parameter), component, key, parameter)
      )
    }
    const node = nodeFor(binding, component, parameter)
    this.#cache.add(node, component, key)
    this.#fill(node, parameter)
    return node
  }

  /** A transient's node belongs to one parameter. */
  #own(node: Node, component: Component, key: object, parameter: Parameter): Node {
    this.#open.push({ component, key, node })
    this.#fill(node, parameter)
    this.#open.pop()
    return node
  }

  #missing(parameter: Parameter, absent: null | undefined): Edge {
    const { token } = parameter
    if (parameter.isOptional)
      return constant(absent, `${describeToken(token)}, which nothing provides`, token)
    const known = [...this.#known, ...this.#provided()]
    return this.#errors.missing(parameter, known, this.#options.components)
  }

  #provided(): Token[] {
    const tokens = this.#options.components.flatMap((one) =>
      'token' in one ? [one.token as Token] : [],
    )
    return this.#options.input ? [...tokens, this.#options.input] : tokens
  }

  #call(token: Modifier<unknown>): Node {
    const receiver = token.subject as object
    const method = token.method!
    const known = this.#cache.get(receiver, method)
    if (known) return known
    const label = `${describeReceiver(receiver)}.${method}()`
    const callable = callableOf([receiver, method])
    const node = new Node({ label, provider: 'planned call', scope: 'request', callable })
    this.#cache.add(node, receiver, method)
    this.#fill(node, undefined)
    return node
  }
}
