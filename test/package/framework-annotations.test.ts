import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { otherNodes } from '../transform/written-by.js'
import { Consumer } from './consumer.js'

// Packing and starting programs take seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const COMPILERS = ['oxc-parser', 'oxc-transform', '@oxc-project/runtime']
const FRAMEWORKS = ['express', 'fastify', 'h3', 'hono', 'koa']
let consumer: Consumer

beforeAll(async () => {
  consumer = await Consumer.create([...COMPILERS, ...FRAMEWORKS])
})
afterAll(() => consumer.remove())

test.each([process.execPath, ...otherNodes()])(
  'the example of Express takes its tokens from the annotations, with %s',
  async (node) => {
    consumer.copy('examples/frameworks/annotations.ts', 'annotations.ts')
    consumer.copy('examples/frameworks/cart.ts', 'cart.ts')
    consumer.write(
      'ask.ts',
      `import { once } from 'node:events'
      import { ready, shop } from './annotations.js'
      await ready()
      const server = shop.listen(0)
      await once(server, 'listening')
      const url = 'http://localhost:' + server.address().port + '/cart/tea'
      const response = await fetch(url, { method: 'POST', headers: { 'user-agent': 'a test' } })
      console.log(await response.text(), response.headers.getSetCookie().length)
      server.close()
      server.closeAllConnections()`,
    )
    const printed = await consumer.execute(node, ['--import', 'ingot/register', 'ask.ts'])
    expect(printed).toBe('{"cart":["tea"],"for":"a test"} 1\n')
  },
)

// Some export a class of that name, some only a type; whoever writes the import does not see which.
const handlers: Record<string, readonly [imports: string, handler: string]> = {
  'Express, with types imported like values': [
    `import express, { Request, Response, NextFunction } from 'express'
    import { handlers } from 'ingot/express'`,
    '(session: Session, req: Request, res: Response, next: NextFunction) => next()',
  ],
  'Express, with its namespace': [
    `import express from 'express'
    import { handlers } from 'ingot/express'`,
    '(session: Session, req: express.Request, res: express.Response) => res.end()',
  ],
  Fastify: [
    `import { FastifyReply, FastifyRequest } from 'fastify'
    import { handlers } from 'ingot/fastify'`,
    '(session: Session, request: FastifyRequest<{ Params: { sku: string } }>, reply: FastifyReply) => reply',
  ],
  h3: [
    `import { H3Event } from 'h3'
    import { handlers } from 'ingot/h3'`,
    '(session: Session, event: H3Event) => event.url',
  ],
  Hono: [
    `import { Context, Next } from 'hono'
    import { handlers } from 'ingot/hono'`,
    '(session: Session, c: Context, next: Next) => next()',
  ],
  Koa: [
    `import Koa, { Context } from 'koa'
    import { handlers } from 'ingot/koa'`,
    '(session: Session, ctx: Context, next: Koa.Next) => next()',
  ],
  'node:http': [
    `import { IncomingMessage, ServerResponse } from 'node:http'
    import { handlers } from 'ingot/node'`,
    '(session: Session, req: IncomingMessage, res: ServerResponse) => res.end()',
  ],
}
test('what the framework gives is not injected, however its type is imported', async () => {
  const files = Object.entries(handlers).map(([name, [imports, handler]], index) => {
    // A part of a shop that is never started.
    const given = name === 'Fastify' ? ', { addHook() {}, decorateRequest() {} }' : ''
    consumer.write(
      `${index}.ts`,
      `${imports}
      import { App, MemoryStore, Session, sessions } from 'ingot'
      const app = new App({ routes: [], components: [sessions(new MemoryStore())] })
      handlers(app${given})(${handler})
      await app.ready()
      const empty = new App({ routes: [], components: [] })
      handlers(empty${given})(${handler})
      const { message } = await empty.ready().catch((error) => error)
      console.log(${JSON.stringify(name)}, message.match(/nothing provides (\\w+)/g))`,
    )
    return `import './${index}.ts'`
  })
  consumer.write('all.ts', files.join('\n'))
  const printed = await consumer.execute(process.execPath, ['--import', 'ingot/register', 'all.ts'])
  const lines = Object.keys(handlers).map((name) => `${name} [ 'nothing provides Session' ]`)
  expect(printed.trim().split('\n').toSorted()).toEqual(lines.toSorted())
})
