import './node-version.js'
export { describeParameters } from './tokens/parameter-info.js'
export { callable, type Callable, type Injectable } from './tokens/callable.js'
export { singletonClass } from './components/class-component.js'
export type { Component, Consumable, WiredApplication } from './components/component.js'
export type { ObservedStep, StepObserver } from './plan/invoke.js'
export { JoinedErrors, type Finish, type ResultHandler } from './plan/finish.js'
export { DIError, DIProblem } from './errors.js'
export { explainPlans } from './inspect/explain.js'
export type { Graph } from './inspect/draw.js'
export {
  drawGraph,
  GRAPH_FORMATS,
  type GraphFormat,
  type GraphOptions,
} from './inspect/draw-graph.js'
export type { Hook, Outcome } from './tokens/hooks.js'
export { Inject, inject } from './tokens/inject.js'
export { Injector, type InjectorOptions } from './injector.js'
export type { Override } from './graph/component-registry.js'
export { isByName, isMarker, isSameToken, marker } from './tokens/marker.js'
export { all, call, later, lazy, optional, forwardRef } from './tokens/modifiers.js'
export { bareDecorated, decorated } from './tokens/decorated.js'
export { MethodFacts } from './tokens/method-facts.js'
export { fromAnotherCopy, recognize } from './copies.js'
export { CallSite, checkedFor, type Site } from './call-site.js'
export { noteInjectable, noteMethod } from './tokens/decorator-metadata.js'
export { Parameter } from './tokens/parameter.js'
export { isThenable } from './plan/frame.js'
export { TransientMap } from './transient-map.js'
export { Plan, type OpenRun } from './plan/plan.js'
export { scoped, singleton, transient, value } from './components/providers.js'
export { Resolver } from './tokens/resolver.js'
export {
  aBoolean,
  aFunction,
  aList,
  anObjectWith,
  aText,
  checkedElsewhere,
  checkOptions,
  isObject,
  isOptions,
  noOptions,
  oneOf,
  unknownOption,
  wrongOption,
  type OptionRule,
  type OptionRules,
} from './options.js'
export { noteRemedy, noteRemedyOfSubclasses } from './tokens/remedies.js'
export { didYouMean } from './graph/did-you-mean.js'
export {
  describeGiven,
  describeToken,
  isClass,
  NamedToken,
  token,
  type AnyToken,
  type ClassToken,
  type Marker,
  type Resolved,
  type Token,
  type Values,
} from './tokens/token.js'
