import { describeParameters, type ParameterInfo } from '../tokens/parameter-info.js'
import { callable as callableOf, type Callable } from '../tokens/callable.js'
import { ComponentIndex } from './component-index.js'
import type { Component } from '../components/component.js'
import { LinkErrors } from './link-errors.js'
import { Hooks } from '../tokens/hooks.js'
import { isMarker } from '../tokens/marker.js'
import { Node, type Edge } from './node.js'
import { Parameter } from '../tokens/parameter.js'
import { Resolver } from '../tokens/resolver.js'
import { isSameToken } from '../components/single-token.js'
import { nodeFor, bind } from '../components/binding.js'
import { NodeCache } from './node-cache.js'
import {
  describeReceiver,
  describeToken,
  Modifier,
  type AnyToken,
  type Token,
} from '../tokens/token.js'
import { TokenTable } from './token-table.js'

/** What a linker knows: the components in the order they are asked, and the values each run brings. */
export interface LinkerOptions {
  readonly components: readonly Component[]
  readonly input: Token | undefined
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
  readonly #candidates: ComponentIndex
  readonly #table: TokenTable
  readonly #shared: NodeCache
  readonly #known = new Set<Token>()
  /** The transients that are being linked, the outermost first. */
  readonly #open: { component: Component; key: object; node: Node }[] = []
  readonly #findings = new LinkErrors()

  constructor(options: LinkerOptions) {
    const { inherit } = options
    this.#options = options
    this.#candidates = new ComponentIndex(options.components)
    this.#table = inherit ? inherit.from.#table : new TokenTable()
    this.#shared = new NodeCache(
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
  linkToken(token: AnyToken, owner: string): Edge {
    this.#findings.plan = undefined
    return this.#edge({
      token,
      owner,
      index: 0,
      designType: undefined,
      name: undefined,
      text: undefined,
      isOptional: false,
      fills: undefined,
    })
  }

  #fill(node: Node, fills: Parameter | undefined): void {
    const { callable } = node
    const { name: owner, receiverClass } = callable
    this.#findings.trail.push(node.label)
    if (receiverClass)
      node.receiver = this.#edge(placeOf(receiverClass, { index: -1 }, owner, fills))
    node.edges = describeParameters(callable).map((asked) =>
      asked.token
        ? this.#edge(placeOf(asked.token, asked, owner, fills))
        : this.#findings.erased(asked, { ...asked, owner }),
    )
    this.#findings.trail.pop()
  }

  #edge(place: Place): Edge {
    const { token } = place
    if (!(token instanceof Modifier)) return this.#select(place as Place<Token>)
    const subject = token.subject as AnyToken
    switch (token.modifier) {
      case 'optional':
        return this.#edge({ ...place, token: subject, isOptional: true })
      case 'nullable':
        return orNull(this.#edge({ ...place, token: subject, isOptional: true }))
      case 'ref':
        return this.#edge({ ...place, token: (token.subject as () => AnyToken)() })
      case 'lazy':
        return {
          kind: 'lazy',
          edge: this.#edge({ ...place, token: subject, isDeferred: true }),
        }
      case 'all':
        return this.#all(new Parameter({ ...place, token: token.subject as Token }))
      case 'call':
        return { kind: 'node', node: this.#call(token) }
      case 'later':
        return { kind: 'later', node: this.#call(token) }
    }
  }

  #select(place: Place<Token>): Edge {
    const { token, fills } = place
    if ((token as unknown) === Parameter && fills)
      return { kind: 'constant', value: fills, label: 'Parameter' }
    const parameter = new Parameter(place)
    const component = this.#candidates.first(parameter)
    if (!component) return this.#withoutComponent(parameter, place)
    // Only names are suggested, and a handler may make a new marker for each request.
    if (!isMarker(token)) this.#known.add(token)
    return { kind: 'node', node: this.#node(component, parameter) }
  }

  /** What each run brings, and what belongs to it; else nothing. */
  #withoutComponent(parameter: Parameter, place: Place): Edge {
    const { token } = parameter
    const { input } = this.#options
    if (input && isSameToken(input, token))
      return { kind: 'input', label: describeToken(token), token }
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

  #all(parameter: Parameter): Edge {
    const edges = this.#candidates.all(parameter).map((component): Edge => ({
      kind: 'node',
      node: this.#node(component, parameter),
    }))
    return { kind: 'all', edges, label: `all(${describeToken(parameter.token)})` }
  }

  #node(component: Component, parameter: Parameter): Node {
    const key = this.#table.keyOf(parameter)
    const known = this.#shared.get(component, key)
    if (known) return known
    const selection = bind(component, parameter)
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
    return this.#options.input ? [...tokens, this.#options.input] : tokens
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
interface Place<Asks extends AnyToken = AnyToken> extends Pick<
  Parameter,
  'owner' | 'index' | 'name' | 'text' | 'designType' | 'isOptional'
> {
  readonly token: Asks
  readonly fills: Parameter | undefined
  readonly isDeferred?: boolean
}

function placeOf(
  token: AnyToken,
  { index, name, text, designType }: Partial<ParameterInfo> & Pick<ParameterInfo, 'index'>,
  owner: string,
  fills: Parameter | undefined,
): Place {
  const type = typeof designType === 'function' ? designType : undefined
  return { token, owner, index, name, text, designType: type, isOptional: false, fills }
}
