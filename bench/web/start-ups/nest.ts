import 'reflect-metadata'
import { Controller, Get, Inject, Injectable, Module, Param, Scope } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { ROUTES, SERVICES, type StartUp } from '../start-up.js'

@Injectable()
class Settings {}

@Injectable({ scope: Scope.REQUEST })
class Db {
  constructor(@Inject(Settings) readonly settings: Settings) {}
}

/** 20 controllers of 50 routes; each controller asks for a service of its own, made once per request. */
export const startUp: StartUp = async () => {
  const parts = Array.from({ length: SERVICES }, (_, index) => part(index))

  @Module({
    providers: [Settings, Db, ...parts.map(({ provider }) => provider)],
    controllers: parts.map(({ controller }) => controller),
  })
  class Application {}

  const app = await NestFactory.create<NestFastifyApplication>(Application, new FastifyAdapter(), {
    logger: false,
  })
  await app.init()
  await app.getHttpAdapter().getInstance().ready()
  return async (path) => (await app.inject(path)).body
}

function part(index: number) {
  @Injectable({ scope: Scope.REQUEST })
  class Service {
    constructor(@Inject(Db) readonly db: Db) {}
  }

  class Routes {
    constructor(@Inject(Service) readonly service: Service) {}
  }
  const methods = Routes.prototype as unknown as Record<string, (name: string) => string>
  for (let number = index; number < ROUTES; number += SERVICES) {
    const key = `show${number}`
    methods[key] = (name) => `${number}: ${name}`
    Param('name')(methods, key, 0)
    Get(`/${number}/:name`)(methods, key, Object.getOwnPropertyDescriptor(methods, key)!)
  }
  Controller()(Routes)
  return { provider: Service, controller: Routes }
}
