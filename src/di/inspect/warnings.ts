import type { Root } from '../graph/check.js'
import { reachable } from '../graph/reachable.js'
import type { Component } from '../components/component.js'
import type { DIWarning } from '../errors.js'
import type { Node } from '../graph/node.js'
import { Parameter } from '../tokens/parameter.js'
import { bind } from '../components/binding.js'
import { describeToken, type Token } from '../tokens/token.js'

/**
 * Warns of a token that two components provide, of which the first is used, and of a component that no
 * handler reaches.
 */
export function warningsOf(plans: readonly Root[], components: readonly Component[]): DIWarning[] {
  const nodes = [...reachable(plans.flatMap((plan) => plan.nodes))]
  const used = new Set(nodes.map((node) => node.component))
  return [
    ...nodes.flatMap((node) => ambiguity(node, components)),
    ...components.filter((component) => !used.has(component)).map(unreached),
  ]
}

function ambiguity({ component, token }: Node, components: readonly Component[]): DIWarning[] {
  if (!component || !token || !components.includes(component)) return []
  const parameter = parameterOf(token)
  const others = components.filter((one) => one !== component && one.canHandleParameter(parameter))
  if (others.length === 0) return []
  const names = others.map((one) => bind(one, parameter).provider).join(', ')
  const { provider } = bind(component, parameter)
  const message = `${describeToken(token)} is provided by ${provider}, which comes first, and by ${names}, which is not used.`
  return [{ code: 'DI_AMBIGUOUS', message }]
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
