import { expect, test } from 'vitest'
import { Inject } from '../../src/di/index.js'
import { App, Controller, Get, Param, Post, Query, Reply } from '../../src/http/index.js'

class Base {
  @Get('/base') base() {
    return 'base'
  }
}

@Controller('/todos')
class Todos extends Base {
  readonly prefix = 'todo'

  @Get('/:id')
  @Get('/number/:id')
  @Inject(Param('id', Number), Query('q'))
  show(id: number, q: string) {
    return { id, q, prefix: this.prefix }
  }

  @Inject(Reply)
  @Post()
  create(reply: Reply) {
    reply.status = 201
    return 'created'
  }
}

const ask = async (path: string, init?: RequestInit) =>
  new App({ routes: [Todos] }).fetch(new Request(`http://localhost/todos${path}`, init))

test('routes work with the decorators of the language, in any order, several on one method', async () => {
  expect(await (await ask('/7?q=x')).json()).toEqual({ id: 7, q: 'x', prefix: 'todo' })
  expect(await (await ask('/number/7?q=x')).json()).toEqual({ id: 7, q: 'x', prefix: 'todo' })
  expect((await ask('', { method: 'POST' })).status).toBe(201)
})

test('routes are inherited with the decorators of the language', async () => {
  expect(await (await ask('/base')).text()).toBe('base')
})

test('static and private methods cannot be routes', () => {
  expect(() => {
    class Static {
      @Get('/x') static show() {}
    }
    return Static
  }).toThrow(
    "@Get('/x') on show: a route is a method, `show() { … }`, and not static, private, a field or an accessor.",
  )
  expect(() => {
    class Private {
      @Get('/x') #show() {}
      read() {
        return this.#show()
      }
    }
    return Private
  }).toThrow(
    "@Get('/x') on #show: a route is a method, `show() { … }`, and not static, private, a field or an accessor.",
  )
})
