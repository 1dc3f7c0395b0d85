import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { GREETING, type System } from '../system.js'

@Controller()
class Greetings {
  @Get()
  show(): string {
    return GREETING
  }
}

@Module({ controllers: [Greetings] })
class Application {}

/** On Fastify, the faster of its two adapters. */
export const system: System = {
  hello: async () => {
    const app = await NestFactory.create(Application, new FastifyAdapter(), { logger: false })
    await app.listen(0, '127.0.0.1')
    return Number(new URL(await app.getUrl()).port)
  },
}
