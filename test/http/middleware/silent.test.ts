import { expect, test } from 'vitest'
import { inject, Next, Reply, route, type Middleware } from '../../../src/index.js'
import { opened, WAYS } from './ways.js'

const SILENT =
  'The middleware audit returned nothing and did not call next(), so there is nothing to send. Ask for Next and add `return next()`, or return a response: for an empty one, new Response(null, { status: 204 }).'

const named = <Kind extends Middleware>(middleware: Kind): Kind =>
  Object.defineProperty(middleware, 'name', { value: 'audit' })

const page = route.get(
  '/',
  inject([], () => 'the page'),
)

for (const way of WAYS) {
  test.for([
    ['has not called next', named(inject([Next], () => {}))],
    ['has awaited something else', named(inject([Next], async () => {}))],
    ['has not asked for it', named(inject([], () => {}))],
  ] as const)(
    `C1: a middleware that %s and returns nothing is a mistake (${way})`,
    async ([, audit]) => {
      const { ask, failures } = await opened(way, { middleware: [audit], routes: [page] })
      expect((await ask('/')).status).toBe(500)
      expect(failures).toEqual([new TypeError(SILENT)])
    },
  )

  test(`a middleware may refuse with a status alone (${way})`, async () => {
    const guard = inject([Next, Reply], (_next, reply) => {
      reply.status = 403
    })
    const { ask, failures } = await opened(way, { middleware: [guard], routes: [page] })
    const response = await ask('/')
    expect([response.status, await response.text(), failures]).toEqual([403, '', []])
  })

  test(`a middleware that returns nothing keeps the response of next, and a handler may be silent (${way})`, async () => {
    const silent = route.delete(
      '/',
      inject([], () => {}),
    )
    const around = inject([Next], async (next) => {
      await next()
    })
    const { ask, failures } = await opened(way, { middleware: [around], routes: [page, silent] })
    expect(await (await ask('/')).text()).toBe('the page')
    expect((await ask('/', { method: 'DELETE' })).status).toBe(204)
    expect(failures).toEqual([])
  })
}
