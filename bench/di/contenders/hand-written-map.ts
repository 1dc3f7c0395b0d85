import { calling, Incoming, isAsync, type Call, type Class, type Contender } from '../graph.js'

type Get = (type: Class) => any

/** The container that people write themselves: makers by class, and a `Map` per request of what was made. */
export const contender: Contender = (graph) => {
  const { constant, values, handler, handlerNeeds } = graph
  const makers = new Map<Class, (get: Get) => unknown>()
  for (const { type, needs, make } of values) makers.set(type, calling(make, needs))
  const respond = isAsync(graph) ? awaiting(handler, handlerNeeds) : calling(handler, handlerNeeds)
  return (request) => {
    const made = new Map<Class, unknown>()
    made.set(Incoming, request)
    made.set(constant.type, constant.value)
    const get: Get = (type) => {
      let value = made.get(type)
      if (value === undefined) {
        value = makers.get(type)!(get)
        made.set(type, value)
      }
      return value
    }
    return respond(get)
  }
}

/** Only the value that is a promise is waited for: the handler's first. */
function awaiting(handler: Call, needs: readonly Class[]): (get: Get) => Promise<unknown> {
  const [a, b, c, d] = needs as [Class, Class, Class, Class]
  return async (get) => handler(await get(a), get(b), get(c), get(d))
}
