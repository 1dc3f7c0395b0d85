import { describe, expect, test } from 'vitest'
import { DIError, inject } from '../../../src/di/index.js'
import {
  App,
  Controller,
  Delete,
  Get,
  Head,
  Param,
  Post,
  route,
  Route,
  type Routes,
} from '../../../src/http/index.js'
import { MemoryStore, sessions } from '../../../src/sessions/index.js'
import { withoutSites } from '../../di/world.js'

const appWith = (...routes: Routes) => new App({ routes })
const get = (app: App, path: string, init?: RequestInit) =>
  Promise.resolve(app.fetch(new Request(`http://localhost${path}`, init)))
const text = async (app: App, path: string, init?: RequestInit) =>
  (await get(app, path, init)).text()

describe('routes', () => {
  test('are found by method and path, in lists of any depth', async () => {
    const app = appWith(
      route.get('/a', () => 'get a'),
      [[route.post('/a', () => 'post a')], route.put('b', () => 'put b')],
    )
    expect(await text(app, '/a')).toBe('get a')
    expect(await text(app, '/a', { method: 'POST' })).toBe('post a')
    expect(await text(app, '/b', { method: 'PUT' })).toBe('put b')
  })

  test('give parameters, decoded once', async () => {
    const app = appWith(route.get('/items/:name', [Param('name')], (name) => name))
    expect(await text(app, '/items/caf%C3%A9')).toBe('café')
    expect(await text(app, '/items/a%2Fb')).toBe('a/b')
    expect(await text(app, '/items/%2541')).toBe('%41')
  })

  test('take the rest of a path', async () => {
    const app = appWith(route.get('/files/**:path', [Param('path')], (path) => path))
    expect(await text(app, '/files/a/b.txt')).toBe('a/b.txt')
  })

  test('prefer a literal segment to a parameter, for each method separately', async () => {
    const app = appWith(
      route.get('/a/:id', [Param('id')], (id) => `id ${id}`),
      route.post('/a/b', () => 'post b'),
      route.get('/a/c', () => 'c'),
    )
    expect(await text(app, '/a/b')).toBe('id b')
    expect(await text(app, '/a/c')).toBe('c')
  })

  test('a malformed percent escape is a 400', async () => {
    const app = appWith(route.get('/items/:name', [Param('name')], (name) => name))
    const response = await get(app, '/items/%E0%A4%A')
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      title: 'Bad Request',
      status: 400,
      detail: 'The path has a malformed percent escape',
    })
  })

  test('a path without a route is a 404 in problem+json', async () => {
    const response = await get(appWith(route.get('/a', () => 'a')), '/b')
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toEqual({ title: 'Not Found', status: 404 })
  })

  test('a path with other methods is a 405 with Allow [HT-18]', async () => {
    const app = appWith(
      route.get('/a/:id', () => 'a'),
      route.delete('/a/b', () => 'b'),
    )
    const response = await get(app, '/a/b', { method: 'PATCH' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS')
    expect(await response.json()).toEqual({ title: 'Method Not Allowed', status: 405 })
    expect((await get(app, '/a/b', { method: 'PROPFIND' })).status).toBe(405)
  })

  test('HEAD is GET without the body, unless there is a HEAD route', async () => {
    const app = appWith(
      route.get('/a', () => 'body'),
      route.get('/b', () => 'body'),
      route.head('/b', () => new Response(null, { headers: { 'x-own': '1' } })),
    )
    const head = await get(app, '/a', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, null])
    expect(head.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect((await get(app, '/b', { method: 'HEAD' })).headers.get('x-own')).toBe('1')
  })

  test('OPTIONS is a 204 with Allow that runs nothing, unless there is an OPTIONS route [HT-02]', async () => {
    const ran: string[] = []
    const app = appWith(
      route.get('/a', () => void ran.push('a')),
      route.options('/b', () => 'own'),
    )
    const response = await get(app, '/a', { method: 'OPTIONS' })
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect(ran).toEqual([])
    expect(await text(app, '/b', { method: 'OPTIONS' })).toBe('own')
    expect((await get(app, '/none', { method: 'OPTIONS' })).status).toBe(404)
  })

  test('are injected into their handlers', async () => {
    const app = appWith(route.get('/a/:id', [Route], (found) => `${found.method} ${found.path}`))
    expect(await text(app, '/a/1')).toBe('GET /a/:id')
  })

  test('take functions made by inject', async () => {
    const show = inject([Param('id', Number)], (id) => ({ id }))
    expect(await text(appWith(route.get('/a/:id', show)), '/a/7')).toBe('{"id":7}')
  })

  test('odd targets get a response, and not an exception [HT-17]', async () => {
    const app = appWith(route.get('/', () => 'root'))
    expect(await text(app, '')).toBe('root')
    expect((await get(app, '//')).status).toBe(404)
    expect((await get(app, `/${'x'.repeat(8192)}`)).status).toBe(404)
    expect((await get(app, '/*')).status).toBe(404)
    expect((await get(app, '/__proto__')).status).toBe(404)
    expect((await get(app, '/constructor')).status).toBe(404)
  })

  test('are checked at the first request when nobody has called ready()', async () => {
    const app = appWith(route.get('/', () => 'now'))
    expect(app.fetch(new Request('http://localhost/'))).toBeInstanceOf(Promise)
    await app.ready()
    expect(app.fetch(new Request('http://localhost/'))).toBeInstanceOf(Response)
  })
})

describe('controllers', () => {
  @Controller('/todos')
  class Todos {
    readonly #todos = ['a', 'b']

    @Get() list() {
      return this.#todos
    }

    @Get('/:index')
    @Get('/by-index/:index')
    show(@Param('index') index: number) {
      return this.#todos[index]
    }

    @Delete(':index') remove(@Param('index') index: number) {
      this.#todos.splice(index, 1)
    }
  }

  test('have the routes of their methods under their prefix, built once', async () => {
    const app = appWith(Todos)
    expect(await text(app, '/todos')).toBe('["a","b"]')
    expect(await text(app, '/todos/1')).toBe('b')
    expect(await text(app, '/todos/by-index/0')).toBe('a')
    expect((await get(app, '/todos/0', { method: 'DELETE' })).status).toBe(204)
    expect(await text(app, '/todos')).toBe('["b"]')
  })

  test('inherit routes, and replace those they override', async () => {
    class Base {
      greeting() {
        return 'hello'
      }
      @Get('/greet') greet() {
        return this.greeting()
      }
      @Get('/replaced') replaced() {
        return 'base'
      }
      @Get('/gone') gone() {
        return 'base'
      }
    }
    @Controller('/en')
    class English extends Base {}
    @Controller('/de')
    class German extends Base {
      override greeting() {
        return 'hallo'
      }
      @Post('/replaced') override replaced() {
        return 'german'
      }
      override gone() {
        return 'never'
      }
    }
    const app = appWith(English, German)
    expect(await text(app, '/en/greet')).toBe('hello')
    expect(await text(app, '/de/greet')).toBe('hallo')
    expect((await get(app, '/de/replaced')).status).toBe(405)
    expect(await text(app, '/de/replaced', { method: 'POST' })).toBe('german')
    expect((await get(app, '/de/gone')).status).toBe(404)
  })

  test('cannot be static methods', () => {
    expect(() => {
      class Wrong {
        @Head('/x') static show() {}
      }
      return Wrong
    }).toThrow(
      new TypeError(
        "@Head('/x') on Wrong.show: a route is a method, `show() { … }`, and not static, private, a field or an accessor.",
      ),
    )
  })
})

describe('ready() rejects', () => {
  const problems = async (app: App): Promise<string[]> => {
    const error: unknown = await app.ready().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DIError)
    return (error as DIError).errors.map(({ message }) => withoutSites(message))
  }

  test('a parameter that the path does not have, with the one that was probably meant', async () => {
    const handler = inject([Param('skuu')], (sku) => sku)
    expect(await problems(appWith(route.get('/cart/:sku', handler)))).toEqual([
      [
        'DI_UNKNOWN_PARAMETER (GET /cart/:sku): unknown route parameter: the path /cart/:sku has no `skuu`.',
        '  the handler of GET /cart/:sku',
        "  └─ Param('skuu')",
        'Did you mean sku? The path has sku.',
      ].join('\n'),
    ])
    expect(await problems(appWith(route.get('/', handler)))).toEqual([
      expect.stringContaining('Write it into the path: /:skuu.') as string,
    ])
  })

  test('two routes for the same requests', async () => {
    const one = route.get('/a/:id', function first() {})
    const two = route.get('/a/:name/', function second() {})
    const error = (await appWith(one, two)
      .ready()
      .catch((thrown: unknown) => thrown)) as DIError
    const told = error.errors[0]!.message
    const line = /\(test\/http\/routing\/routing\.test\.ts:(\d+)\)/g
    const [first, second] = [...told.matchAll(line)].map(([, number]) => Number(number))
    expect(second).toBe(first! + 1)
    expect(withoutSites(told)).toBe(
      [
        'DI_DUPLICATE_ROUTE (GET /a/:name/): GET /a/:id and GET /a/:name/ take the same requests.',
        '  first',
        '  └─ second',
        'Remove one of them, or give it another path or method.',
      ].join('\n'),
    )
  })

  test('what belongs elsewhere, or was made too early', async () => {
    @Controller()
    class Pages {
      @Get('/') show() {}
    }
    const listed = [sessions(new MemoryStore()), new Pages()] as never[]
    expect(await problems(appWith(...listed))).toEqual([
      [
        'DI_CONSTRUCTION: an object of SessionComponent is in `routes`, but is neither a controller nor a route.',
        '  routes',
        '  └─ an object of SessionComponent',
        'It is a component: list it in `components`.',
      ].join('\n'),
      [
        'DI_CONSTRUCTION: an object of Pages is in `routes`, but is neither a controller nor a route.',
        '  routes',
        '  └─ an object of Pages',
        'List the class itself, Pages, and not an object of it.',
      ].join('\n'),
    ])
  })

  test('a class that is no controller', async () => {
    class Plain {}
    expect(await problems(appWith(Plain))).toEqual([
      [
        'DI_CONSTRUCTION: Plain is in `routes`, but is neither a controller nor a route.',
        '  routes',
        '  └─ Plain',
        'Decorate the class with @Controller(), or make a route with route.get(path, tokens, handler).',
      ].join('\n'),
    ])
  })

  test('all mistakes at once', async () => {
    const app = appWith(
      route.get('/a', [Param('x')], String),
      route.get('/b', [Param('y')], String),
    )
    expect(await problems(app)).toHaveLength(2)
    await expect(get(app, '/a')).rejects.toThrow(DIError)
  })
})
