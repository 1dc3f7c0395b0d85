import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { App, Body, Controller, Get, Next, Param, route } from '../../../src/http/index.js'
import { opened, WAYS } from '../middleware/ways.js'

const traced = (name: string) =>
  inject([Next], async (next) => {
    const response = await next()
    response.headers.append('x-trace', name)
    return response
  })

class Reports {
  list() {
    return 'reports'
  }
}
Controller('/reports', { middleware: [traced('controller')] })(Reports)
Get()(Reports.prototype, 'list', Object.getOwnPropertyDescriptor(Reports.prototype, 'list')!)

describe.each(WAYS)('route.group through %s', (way) => {
  test('puts a prefix and middleware around routes, groups and controllers [B12]', async () => {
    const { ask } = await opened(way, {
      middleware: [traced('app')],
      routes: [
        route.group(
          '/admin',
          [
            route.get('/', () => 'admin'),
            [route.get('users/:id', [Param('id')], (id) => id, { middleware: [traced('own')] })],
            route.group('deep/', [Reports], { middleware: [traced('inner')] }),
          ],
          { middleware: [traced('outer')] },
        ),
        route.get('/', () => 'home'),
      ],
    })
    const seen = async (path: string) => {
      const response = await ask(path)
      return [await response.text(), response.headers.get('x-trace')]
    }
    expect(await seen('/admin')).toEqual(['admin', 'outer, app'])
    expect(await seen('/admin/users/7')).toEqual(['7', 'own, outer, app'])
    expect(await seen('/admin/deep/reports')).toEqual(['reports', 'controller, inner, outer, app'])
    expect(await seen('/')).toEqual(['home', 'app'])
    expect((await seen('/admin/none'))[1]).toBe('app')
  })
})

test('its limit of the body holds for routes without their own', async () => {
  const length = [Body(String)] as const
  const { ask, failures } = await opened('app.fetch', {
    routes: [
      route.group(
        '/notes',
        [
          route.post('/short', length, (text) => text.length),
          route.post('/long', length, (text) => text.length, { bodyLimit: 20 }),
        ],
        { bodyLimit: 10 },
      ),
      route.post('/any', length, (text) => text.length),
    ],
  })
  const post = async (path: string, size: number) =>
    (await ask(path, { method: 'POST', body: 'x'.repeat(size) })).status
  expect([await post('/notes/short', 10), await post('/notes/short', 11)]).toEqual([200, 413])
  expect([await post('/notes/long', 20), await post('/notes/long', 21)]).toEqual([200, 413])
  expect(await post('/any', 1000)).toBe(200)
  expect(failures).toEqual([])
})

test('a group without middleware is a prefix, and its routes are explained by their whole path', () => {
  const app = new App({ routes: [route.group('/api/v1', [route.get('/users', () => 'users')])] })
  expect(app.explain('GET /api/v1/users')).toContain('GET /api/v1/users')
})
