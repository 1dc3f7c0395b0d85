import { callable, type Callable } from '../tokens/callable.js'
import type { Component, Scope } from './component.js'
import type { Parameter } from '../tokens/parameter.js'

/** How a component makes the value of one parameter. */
export interface Binding {
  readonly callable: Callable
  readonly scope: Scope
  /** Names the maker in messages. */
  readonly provider: string
  /** Whether tsyringe's container can make it, if it can make all below it. */
  readonly isContainerBuilt?: boolean
  /** Whether the value exists before anybody asks: it is neither awaited nor disposed. */
  readonly isGiven?: boolean
}

/** A symbol, because a component of an application may well have a method named `bind`. */
export const BIND = Symbol('bind')

/**
 * A component that makes values of many classes, each from its own constructor, binds each parameter
 * here; every other component is described by its four members. Not exported from the package.
 */
export interface BindingComponent extends Component {
  [BIND](parameter: Parameter): Binding
}

/** How the component makes the value of this parameter. */
export function bind(component: Component, parameter: Parameter): Binding {
  if (BIND in component) return (component as BindingComponent)[BIND](parameter)
  return {
    callable: resolveOf(component),
    scope: scopeOf(component),
    provider: component.label ?? nameOf(component),
  }
}

/** How long the values of a component live. */
export function scopeOf({ isSingleton, isCacheable }: Component): Scope {
  if (isSingleton) return 'singleton'
  return isCacheable === false ? 'transient' : 'request'
}

/** A component's `resolve`, called on the component. */
function resolveOf(component: Component): Callable {
  const name = `${component.label ?? nameOf(component)}.resolve`
  return callable([component, 'resolve'], { name })
}

function nameOf(component: Component): string {
  return component.constructor?.name ?? 'component'
}
