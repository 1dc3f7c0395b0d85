import 'reflect-metadata'
import { Container } from 'inversify'
import { Incoming, isAsync, type Contender } from '../graph.js'

/** A child container per request that holds the request, and request scope for the values. */
export const contender: Contender = (graph) => {
  const root = new Container()
  root.bind(graph.constant.type).toConstantValue(graph.constant.value)
  for (const { type, needs, make } of graph.values)
    root
      .bind(type)
      .toResolvedValue(make, [...needs])
      .inRequestScope()
  const handler = Symbol('handler')
  root.bind(handler).toResolvedValue(graph.handler, [...graph.handlerNeeds])
  return (request) => {
    const child = new Container({ parent: root })
    child.bind(Incoming).toConstantValue(request)
    return isAsync(graph) ? child.getAsync(handler) : child.get(handler)
  }
}
