export { askedOf, type Asked } from './asked.js'
export { isByName } from './by-name.js'
export { callable, Callable, type CallableOptions, type Injectable } from './callable.js'
export { constructed } from './classes.js'
export type { Component } from './component.js'
export type { Finish, Settle } from './conclude.js'
export { DIError, DIProblem, type DICode, type DINote, type DIProblemFacts } from './errors.js'
export { explainPlan } from './explain.js'
export { findPlans } from './find-plans.js'
export { graphOf, mermaidOf, type Graph, type GraphEdge, type GraphNode } from './graph.js'
export { Hooks, type Hook, type Outcome } from './hooks.js'
export { Inject, inject, type InjectByTypeDecorator, type InjectDecorator } from './inject.js'
export { Injector, type InjectorOptions, type PlanOptions } from './injector.js'
export type { Override } from './wiring.js'
export { isMarker, marker } from './marker.js'
export { all, call, later, lazy, optional, ref } from './modifiers.js'
export { noteInjectable } from './notes.js'
export { isSameToken } from './one-token.js'
export { Parameter } from './parameter.js'
export { Plan } from './plan.js'
export { scoped, singleton, transient, value, type ProviderOptions } from './providers.js'
export { Resolver } from './resolver.js'
export { didYouMean } from './suggestion.js'
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
} from './token.js'
