import 'reflect-metadata'
import { Container, inject, injectable, type ContainerOptions } from 'inversify'
import { holding, isAsync, type Class, type Contender, type Handle } from '../graph.js'

/**
 * Request scope: one `get` is one request, and its values are shared within. It has no place for the
 * request itself, which is handed to the handler directly.
 */
export const contender = requestScope({})

export function requestScope(options: ContainerOptions): Contender {
  return (graph) => {
    const container = new Container(options)
    container.bind(graph.constant.type).toConstantValue(graph.constant.value)
    for (const { type, needs, make, isAsync } of graph.values) {
      decorate(type, needs)
      if (isAsync)
        container
          .bind(type)
          .toResolvedValue(make, [...needs])
          .inRequestScope()
      else container.bind(type).toSelf().inRequestScope()
    }
    const injected = graph.handlerNeeds.slice(0, -1)
    const handler = Symbol('handler')
    container
      .bind<Handle>(handler)
      .toResolvedValue(holding(graph.handler, injected.length), injected)
    if (isAsync(graph))
      return async (request) => (await container.getAsync<Handle>(handler))(request)
    return (request) => container.get<Handle>(handler)(request)
  }
}

const decorated = new WeakSet<Class>()

/** What `@injectable()` and `@inject(…)` do, once per class. */
function decorate(type: Class, needs: readonly Class[]): void {
  if (decorated.has(type)) return
  decorated.add(type)
  needs.forEach((need, index) => inject(need)(type, undefined, index))
  injectable()(type)
}
