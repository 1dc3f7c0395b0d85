import { describe, expect, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Next, Reply, RequestId, requestId, route } from '../../../src/http/index.js'
import { opened, WAYS } from './ways.js'

const routes = [
  route.get('/', [RequestId], (id) => id),
  route.get('/broken', () => Promise.reject(new Error('broken'))),
]

describe.each(WAYS)('requestId() through %s', (way) => {
  test('gives each request an id, injected and on every response [B12]', async () => {
    let count = 0
    const { ask } = await opened(way, {
      middleware: [requestId({ generate: () => `id-${++count}` })],
      routes,
    })
    const response = await ask('/', { headers: { 'x-request-id': 'of-the-visitor' } })
    expect([await response.text(), response.headers.get('x-request-id')]).toEqual(['id-1', 'id-1'])
    expect((await ask('/broken')).headers.get('x-request-id')).toBe('id-2')
    expect((await ask('/nowhere')).headers.get('x-request-id')).toBe('id-3')
  })

  test('keeps the id of a trusted proxy when it can be logged, and no other', async () => {
    const { ask } = await opened(way, {
      middleware: [requestId({ isTrusted: true, header: 'X-Trace', generate: () => 'own' })],
      routes,
    })
    const idFor = async (id: string) => (await ask('/', { headers: { 'x-trace': id } })).text()
    expect(await idFor('Root=1-67891233-abcdef')).toBe('Root=1-67891233-abcdef')
    for (const id of ['', 'a b', '<script>', '{"a":1}', 'x'.repeat(129), 'é'])
      expect(await idFor(id)).toBe('own')
  })

  test('is a UUID by default', async () => {
    const { ask } = await opened(way, { middleware: [requestId()], routes })
    const one = await (await ask('/')).text()
    expect(one).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(await (await ask('/')).text()).not.toBe(one)
  })

  test('RequestId without the middleware fails with the line to write', async () => {
    const { ask, failures } = await opened(way, { routes })
    expect((await ask('/')).status).toBe(500)
    expect(failures).toEqual([
      new TypeError(
        'RequestId was asked for, and no middleware has given one. Put requestId() before whatever asks for it: ' +
          'new App({ middleware: [requestId()], … }).',
      ),
    ])
  })

  test('middleware after it can ask for the id', async () => {
    const mirror = inject([RequestId, Reply, Next], (id, reply, next) => {
      reply.headers.set('x-mirror', id)
      return next()
    })
    const { ask } = await opened(way, {
      middleware: [requestId({ generate: () => 'one' }), mirror],
      routes,
    })
    expect((await ask('/nowhere')).headers.get('x-mirror')).toBe('one')
  })
})
