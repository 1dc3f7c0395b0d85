import type { Root } from '../graph/check.js'
import { reachable } from '../graph/reachable.js'
import type { Component } from '../components/component.js'
import type { DIProblem, DIWarning } from '../errors.js'
import type { Node } from '../graph/node.js'
import { Parameter } from '../tokens/parameter.js'
import { Resolver } from '../tokens/resolver.js'
import { bind } from '../components/binding.js'
import { describeToken, type Token } from '../tokens/token.js'

/**
 * Warns of a token that two components provide, of which the first is used, and of a component that no
 * handler reaches; not where a handler may ask for anything, or where it is not known what it asks for.
 */
export function warningsOf(plans: readonly Root[], components: readonly Component[]): DIWarning[] {
  const nodes = [...reachable(plans.flatMap((plan) => plan.nodes))]
  const edges = nodes.flatMap(({ links }) => links.edges)
  const used = new Set(nodes.flatMap(({ component }) => component ?? []))
  const isOpen = edges.some(({ token, problem }) => token === Resolver || isUnknown(problem))
  return [
    ...nodes.flatMap((node) => ambiguity(node, components, used)),
    ...(isOpen ? [] : unreachedOf(nodes, components, used)),
  ]
}

function isUnknown(problem: DIProblem | undefined): boolean {
  return problem?.code === 'DI_ERASED' || problem?.code === 'DI_NO_METADATA'
}

/** A component whose companion is used is of use; one that another stands before is told of already. */
function unreachedOf(
  nodes: readonly Node[],
  components: readonly Component[],
  used: ReadonlySet<Component>,
): DIWarning[] {
  const isUsed = (component: Component): boolean =>
    used.has(component) || (component.companions?.some(isUsed) ?? false)
  const wanted = nodes.flatMap(({ token }) => (token ? [parameterOf(token)] : []))
  return components
    .filter((one) => !isUsed(one) && !wanted.some((parameter) => one.canHandleParameter(parameter)))
    .map(unreached)
}

function ambiguity(
  { component, token }: Node,
  components: readonly Component[],
  used: ReadonlySet<Component>,
): DIWarning[] {
  if (!component || !token || !components.includes(component)) return []
  const parameter = parameterOf(token)
  // `all(X)` uses every one.
  const others = components.filter((one) => !used.has(one) && one.canHandleParameter(parameter))
  if (others.length === 0) return []
  const names = others.map((one) => bind(one, parameter).provider).join(', ')
  const { provider } = bind(component, parameter)
  const message = `${describeToken(token)} is provided by ${provider}, which comes first, and by ${names}, which is not used.`
  return [{ code: 'DI_AMBIGUOUS', message, about: token }]
}

function unreached(component: Component): DIWarning {
  const name = component.label ?? component.constructor.name
  return { code: 'DI_UNREACHED', message: `${name} provides nothing that a handler asks for.` }
}

function parameterOf(token: Token): Parameter {
  return new Parameter({
    token,
    owner: 'warnings',
    index: 0,
    name: undefined,
    isOptional: false,
    designType: undefined,
  })
}
