import { callable, type Callable } from '../tokens/callable.js'
import type { Component } from './component.js'
import { Node, type Scope } from '../graph/node.js'
import type { Parameter } from '../tokens/parameter.js'
import { describeToken } from '../tokens/token.js'

/** How a component makes the value of one parameter. */
export interface Selection {
  readonly callable: Callable
  readonly scope: Scope
  /** Names the maker in messages. */
  readonly provider: string
  /** Makes the value at start-up without ours, when a container can make all below it by itself. */
  readonly elsewhere?: (node: Node) => (() => unknown) | undefined
}

/** A symbol, because a component of an application may well have a method named `select`. */
export const SELECT = Symbol('select')

/**
 * A component that makes values of many classes, each from its own constructor, answers here per
 * parameter; every other component is described by its four members. Not exported from the package.
 */
export interface Binding extends Component {
  [SELECT](parameter: Parameter): Selection
}

/** How the component makes the value of this parameter. */
export function bind(component: Component, parameter: Parameter): Selection {
  if (SELECT in component) return (component as Binding)[SELECT](parameter)
  return {
    callable: resolveOf(component),
    scope: component.isSingleton
      ? 'singleton'
      : component.isCacheable === false
        ? 'transient'
        : 'request',
    provider: component.label ?? nameOf(component),
  }
}

/** The node of a parameter that a component fills. */
export function nodeFor(
  { callable, scope, provider, elsewhere }: Selection,
  component: Component,
  parameter: Parameter,
): Node {
  const label = describeToken(parameter.token)
  return new Node({
    label,
    provider,
    scope,
    callable,
    component,
    token: parameter.token,
    ...(elsewhere && { elsewhere }),
  })
}

/** A component's `resolve`; one that was injected as a function needs no receiver. */
function resolveOf(component: Component): Callable {
  const name = `${component.label ?? nameOf(component)}.resolve`
  return callable([component, 'resolve'], { name })
}

function nameOf(component: Component): string {
  return component.constructor?.name ?? 'component'
}
