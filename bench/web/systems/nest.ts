import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { GREETING, held, type System } from '../system.js'

@Controller()
class Greetings {
  @Get()
  show(): string {
    return GREETING
  }
}

@Controller()
class Waits {
  @Get('wait')
  show(): Promise<string> {
    return held()
  }
}

@Module({ controllers: [Greetings] })
class Application {}

@Module({ controllers: [Greetings, Waits] })
class WaitingApplication {}

/** On Fastify, the faster of its two adapters. */
export const system: System = {
  hello: () => listening(Application),
  waiting: () => listening(WaitingApplication),
}

async function listening(module: object): Promise<number> {
  const app = await NestFactory.create(module, new FastifyAdapter(), { logger: false })
  await app.listen(0, '127.0.0.1')
  return Number(new URL(await app.getUrl()).port)
}
