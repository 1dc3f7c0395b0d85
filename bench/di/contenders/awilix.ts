import { asClass, asValue, createContainer, InjectionMode } from 'awilix'
import { calling, Incoming, nameOf, type Class, type Contender } from '../graph.js'

/** A scope per request that holds the request; values are scoped, and injected by parameter name. */
export const contender: Contender = (graph) => {
  const { constant, values, handler, handlerNeeds } = graph
  const root = createContainer({ injectionMode: InjectionMode.CLASSIC, strict: true })
  root.register(constant.name, asValue(constant.value))
  for (const { name, type } of values) root.register(name, asClass(type).scoped())
  const types = [constant.type, Incoming, ...values.map(({ type }) => type)]
  const names = new Map(types.map((type): [Class, string] => [type, nameOf(graph, type)]))
  const respond = calling(handler, handlerNeeds)
  return (request) => {
    const scope = root.createScope()
    scope.register('incoming', asValue(request))
    return respond((type) => scope.resolve(names.get(type)!))
  }
}
