import { Container, type Provider } from '@needle-di/core'
import { calling, Incoming, isAsync, type Class, type Contender } from '../graph.js'

/** A child container per request, to which the request and the factories of the values are bound. */
export const contender: Contender = (graph) => {
  const { constant, values, handler, handlerNeeds } = graph
  const root = new Container()
  root.bind({ provide: constant.type, useValue: constant.value })
  const providers = values.map((value): Provider<unknown> => {
    const make = calling(value.make, value.needs)
    const useFactory = (container: Container) => make((type) => container.get(type))
    return { provide: value.type, useFactory, ...(value.isAsync && { async: true }) } as never
  })
  const respond = calling(handler, handlerNeeds)
  const open = (request: Incoming): Container => {
    const child = root.createChild()
    child.bind({ provide: Incoming, useValue: request })
    return child.bindAll(providers)
  }
  if (!isAsync(graph)) {
    return (request) => {
      const child = open(request)
      return respond((type) => child.get(type))
    }
  }
  const [first, ...others] = handlerNeeds as [Class, ...Class[]]
  return async (request) => {
    const child = open(request)
    const awaited = await child.getAsync(first)
    return handler(awaited, ...others.map((type) => child.get(type)))
  }
}
