import 'reflect-metadata'
import { Module, Scope, type Provider } from '@nestjs/common'
import { ContextIdFactory, NestFactory, REQUEST } from '@nestjs/core'
import { Incoming, type Class, type Contender } from '../graph.js'

/** A context id per request, with request-scoped providers: what a request-scoped controller does. */
export const contender: Contender = async ({ constant, values, handler, handlerNeeds }) => {
  const tokenOf = (type: Class) => (type === Incoming ? REQUEST : type)
  const providers: Provider[] = [
    { provide: constant.type, useValue: constant.value },
    ...values.map(({ type, needs, make }) => {
      return { provide: type, useFactory: make, inject: [...needs], scope: Scope.REQUEST }
    }),
    {
      provide: 'handler',
      useFactory: handler,
      inject: handlerNeeds.map(tokenOf),
      scope: Scope.REQUEST,
    },
  ]
  class Application {}
  Module({ providers })(Application)
  const application = await NestFactory.createApplicationContext(Application, { logger: false })
  return async (request) => {
    const context = ContextIdFactory.create()
    application.registerRequestByContextId(request, context)
    return application.resolve('handler', context)
  }
}
