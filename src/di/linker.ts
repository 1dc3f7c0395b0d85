import { askedOf, type Asked } from './asked.js'
import { callable as callableOf, type Callable } from './callable.js'
import type { Component } from './component.js'
import { Findings } from './findings.js'
import { Hooks } from './hooks.js'
import { isMarker } from './marker.js'
import { Node, type Edge } from './node.js'
import { Parameter } from './parameter.js'
import { Resolver } from './resolver.js'
import { isSameToken } from './providers.js'
import { nodeFor, selects } from './selection.js'
import { SharedNodes } from './shared-nodes.js'
import { describeReceiver, describeToken, Modifier, type AnyToken, type Token } from './token.js'
import { TokenTable } from './token-table.js'

/** What a linker knows: the components in the order they are asked, and the values each run brings. */
export interface LinkerOptions {
  readonly components: readonly Component[]
  readonly inputs: readonly Token[]
  readonly next: Token | undefined
  /** The linker whose nodes are used as they are, unless they need one of the overridden tokens. */
  readonly inherit?: { readonly from: Linker; readonly overridden: readonly Token[] }
}

/**
 * Turns functions into nodes: collects what each parameter asks for, selects the component, and links
 * the graph below. A mistake is an edge that says so, never thrown, so that all are told together.
 */
export class Linker {
  readonly #options: LinkerOptions
  readonly #table: TokenTable
  readonly #shared: SharedNodes
  readonly #known = new Set<Token>()
  /** The transients that are being linked, the outermost first. */
  readonly #open: { component: Component; key: object; node: Node }[] = []
  readonly #findings = new Findings()

  constructor(options: LinkerOptions) {
    const { inherit } = options
    this.#options = options
    this.#table = inherit ? inherit.from.#table : new TokenTable()
    this.#shared = new SharedNodes(
      inherit && { from: inherit.from.#shared, overridden: inherit.overridden },
    )
  }

  /** Links a function of a plan: its node is its own, never shared. */
  link(callable: Callable, plan: string | undefined): Node {
    this.#findings.plan = plan
    const node = new Node({
      label: callable.name,
      provider: 'handler',
      scope: 'transient',
      callable,
    })
    this.#fill(node, undefined)
    return node
  }

  /** Links one token by itself, as `Resolver.get` asks for it. */
  linkToken(asked: AnyToken, owner: string): Edge {
    this.#findings.plan = undefined
    return this.#edge(asked, {
      owner,
      index: 0,
      designType: undefined,
      name: undefined,
      text: undefined,
      isOptional: false,
      parameter: undefined,
    })
  }

  #fill(node: Node, parameter: Parameter | undefined): void {
    const { callable } = node
    this.#findings.trail.push(node.label)
    if (callable.receiverClass) {
      node.receiver = this.#edge(
        callable.receiverClass,
        this.#place(callable, { index: -1 }, parameter),
      )
    }
    node.edges = askedOf(callable).map((asked) => {
      const place = this.#place(callable, asked, parameter)
      return asked.token ? this.#edge(asked.token, place) : this.#findings.erased(asked, place)
    })
    this.#findings.trail.pop()
  }

  #place(
    { name: owner }: Callable,
    { index, name, text, designType }: Partial<Asked> & Pick<Asked, 'index'>,
    parameter: Parameter | undefined,
  ): Place {
    const type = typeof designType === 'function' ? designType : undefined
    return { owner, index, name, text, designType: type, isOptional: false, parameter }
  }

  #edge(asked: AnyToken, place: Place): Edge {
    if (!(asked instanceof Modifier)) return this.#select(asked, place)
    switch (asked.modifier) {
      case 'optional':
        return this.#edge(asked.subject as AnyToken, { ...place, isOptional: true })
      case 'nullable':
        return orNull(this.#edge(asked.subject as AnyToken, { ...place, isOptional: true }))
      case 'ref':
        return this.#edge((asked.subject as () => AnyToken)(), place)
      case 'lazy':
        return {
          kind: 'lazy',
          edge: this.#edge(asked.subject as AnyToken, { ...place, isDeferred: true }),
        }
      case 'all':
        return this.#all(asked.subject as Token, place)
      case 'call':
        return { kind: 'node', node: this.#call(asked) }
      case 'later':
        return { kind: 'later', node: this.#call(asked) }
    }
  }

  #select(token: Token, place: Place): Edge {
    if ((token as unknown) === Parameter && place.parameter) {
      return { kind: 'constant', value: place.parameter, label: 'Parameter' }
    }
    const parameter = this.#parameterOf(token, place)
    const component = this.#options.components.find((one) => one.canHandleParameter(parameter))
    if (component) {
      // Only names are suggested, and a handler may make a new marker for each request.
      if (!isMarker(token)) this.#known.add(token)
      return { kind: 'node', node: this.#node(component, parameter) }
    }
    const index = this.#options.inputs.findIndex((input) => isSameToken(input, token))
    if (index >= 0) return { kind: 'input', index, label: describeToken(token), token }
    if ((token as unknown) === Hooks) return { kind: 'hooks' }
    if ((token as unknown) === Resolver) return { kind: 'resolver' }
    if (this.#options.next && isSameToken(this.#options.next, token)) return this.#next(place)
    if ((token as unknown) === Parameter) return this.#findings.parameterOfNothing(place)
    return this.#missing(parameter)
  }

  /** The rest of a pipeline is nobody's but the function's of the plan, and cannot be deferred. */
  #next(place: Place): Edge {
    const isOwn = this.#findings.trail.length === 1 && !place.isDeferred
    return isOwn ? { kind: 'next' } : this.#findings.nextElsewhere(place)
  }

  #parameterOf(token: Token, place: Place): Parameter {
    const { owner, index, name, text, isOptional, designType } = place
    return new Parameter({ token, owner, index, name, text, isOptional, designType })
  }

  #all(token: Token, place: Place): Edge {
    const parameter = this.#parameterOf(token, place)
    const components = this.#options.components.filter((one) => one.canHandleParameter(parameter))
    const edges = components.map((component): Edge => ({
      kind: 'node',
      node: this.#node(component, parameter),
    }))
    return { kind: 'all', edges, label: `all(${describeToken(token)})` }
  }

  #node(component: Component, parameter: Parameter): Node {
    const key = this.#table.keyOf(parameter)
    const known = this.#shared.get(component, key)
    if (known) return known
    const selection = selects(component, parameter)
    if (selection.scope === 'transient') {
      // One that needs itself is its own node again: a ring to be found, not an endless chain.
      const open = this.#open.find((one) => one.component === component && one.key === key)
      return (
        open?.node ?? this.#own(nodeFor(selection, component, parameter), component, key, parameter)
      )
    }
    const node = nodeFor(selection, component, parameter)
    this.#shared.add(node, component, key)
    this.#fill(node, parameter)
    return node
  }

  /** A transient's node belongs to the parameter that asked. */
  #own(node: Node, component: Component, key: object, parameter: Parameter): Node {
    this.#open.push({ component, key, node })
    this.#fill(node, parameter)
    this.#open.pop()
    return node
  }

  #missing(parameter: Parameter): Edge {
    const label = describeToken(parameter.token)
    if (parameter.isOptional)
      return {
        kind: 'constant',
        value: undefined,
        label: `${label}, which nothing provides`,
        token: parameter.token,
      }
    return this.#findings.missing(parameter, [...this.#known, ...this.#provided()])
  }

  #provided(): Token[] {
    const tokens = this.#options.components.flatMap((one) =>
      'token' in one ? [one.token as Token] : [],
    )
    return [...tokens, ...this.#options.inputs]
  }

  #call(asked: Modifier<unknown>): Node {
    const receiver = asked.subject as object
    const method = asked.method!
    const known = this.#shared.get(receiver, method)
    if (known) return known
    const label = `${describeReceiver(receiver)}.${method}()`
    const callable = callableOf([receiver, method])
    const node = new Node({ label, provider: 'planned call', scope: 'request', callable })
    this.#shared.add(node, receiver, method)
    this.#fill(node, undefined)
    return node
  }
}

/** `X | null` is given `null` where nothing provides an `X`. */
function orNull(edge: Edge): Edge {
  return edge.kind === 'constant' && edge.value === undefined ? { ...edge, value: null } : edge
}

/** Where a token stands: the parameter that asks, and for a component the parameter it fills. */
interface Place extends Pick<
  Parameter,
  'owner' | 'index' | 'name' | 'text' | 'designType' | 'isOptional'
> {
  readonly parameter: Parameter | undefined
  readonly isDeferred?: boolean
}
