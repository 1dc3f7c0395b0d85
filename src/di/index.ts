export { describeParameters, type ParameterInfo } from './tokens/parameter-info.js'
export { isByName } from './tokens/by-name.js'
export { callable, Callable, type CallableOptions, type Injectable } from './tokens/callable.js'
export { singletonClass } from './components/class-component.js'
export type { Component } from './components/component.js'
export type { Finish, ResultHandler } from './plan/finish.js'
export { DIError, DIProblem, type DICode, type DIWarning, type DIProblemFacts } from './errors.js'
export { explainPlan } from './inspect/explain.js'
export { findPlans } from './inspect/find-plans.js'
export { graphOf, mermaidOf, type Graph, type GraphEdge, type GraphNode } from './inspect/draw.js'
export { Hooks, type Hook, type Outcome } from './tokens/hooks.js'
export {
  Inject,
  inject,
  type InjectByTypeDecorator,
  type InjectDecorator,
} from './tokens/inject.js'
export { Injector, type InjectorOptions, type PlanOptions } from './injector.js'
export type { Override } from './graph/component-registry.js'
export { isMarker, marker } from './tokens/marker.js'
export { all, call, later, lazy, optional, forwardRef } from './tokens/modifiers.js'
export { noteInjectable } from './tokens/decorator-metadata.js'
export { isSameToken } from './components/single-token.js'
export { Parameter } from './tokens/parameter.js'
export { Plan } from './plan/plan.js'
export {
  scoped,
  singleton,
  transient,
  value,
  type ProviderOptions,
} from './components/providers.js'
export { Resolver } from './tokens/resolver.js'
export { didYouMean } from './graph/did-you-mean.js'
export {
  describeToken,
  Modifier,
  NamedToken,
  token,
  type AnyToken,
  type ClassToken,
  type Marker,
  type ModifierKind,
  type Resolved,
  type Token,
  type Values,
} from './tokens/token.js'
