import 'reflect-metadata'
import { container, inject, injectable, Lifecycle } from 'tsyringe'
import { calling, Incoming, type Contender } from '../graph.js'

/** A child container per request that holds the request; values are scoped to the container. */
export const contender: Contender = ({ constant, values, handler, handlerNeeds }) => {
  container.registerInstance(constant.type, constant.value)
  for (const { type, needs } of values) {
    needs.forEach((need, index) => inject(need)(type, undefined, index))
    injectable()(type)
    container.register(type, type, { lifecycle: Lifecycle.ContainerScoped })
  }
  const respond = calling(handler, handlerNeeds)
  return (request) => {
    const child = container.createChildContainer()
    child.registerInstance(Incoming, request)
    return respond((type) => child.resolve(type))
  }
}
