import {
  callable,
  Injector,
  inject,
  scoped,
  value,
  type ResultHandler,
} from '../../../src/di/index.js'
import { Incoming, type Contender } from '../graph.js'

/** `plan.run` of an injector, as an application calls it: hooks and errors are handled in each run. */
export const contender: Contender = async ({ constant, values, handler, handlerNeeds }) => {
  const injector = new Injector({
    components: [
      value(constant.type, constant.value),
      ...values.map(({ type, needs, make }) => scoped(type, needs, make)),
    ],
    input: Incoming,
  })
  const plan = injector.plan([callable(inject(handlerNeeds, handler))], {
    name: 'request',
    resultHandler,
  })
  await injector.ready()
  return (request) => plan.run(request)
}

/** One for the application, as `http` has one; what it makes of a value is the value. */
const resultHandler: ResultHandler<unknown> = {
  value: (value) => value,
  error: (error) => ({ failed: error }),
  report: (error) => console.error(error),
  complete(result, _input, finish) {
    if (finish) void finish()
    return result
  },
}
