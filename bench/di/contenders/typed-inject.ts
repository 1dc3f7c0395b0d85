import { createInjector, type Injector } from 'typed-inject'
import { nameOf, type Class, type Contender } from '../graph.js'

type AnyInjector = Injector<Record<string, unknown>>

/**
 * A child injector per request, on which the request and the values are provided: what the root
 * provides is shared by all. Nothing here needs `dispose`, so none is awaited.
 */
export const contender: Contender = (graph) => {
  const { constant, values } = graph
  const root = createInjector().provideValue(constant.name, constant.value) as AnyInjector
  for (const { type, needs } of values) withNames(type, needs)
  const handler = withNames(graph.handler, graph.handlerNeeds)
  return (request) => {
    let injector = root.createChildInjector().provideValue('incoming', request) as AnyInjector
    for (const { name, type } of values) injector = injector.provideClass(name, type) as AnyInjector
    return injector.injectFunction(handler)
  }

  function withNames<Target extends object>(target: Target, needs: readonly Class[]) {
    return Object.assign(target, { inject: needs.map((need) => nameOf(graph, need)) })
  }
}
