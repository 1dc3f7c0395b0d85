import { describe, expect, onTestFinished, test } from 'vitest'
import { inject } from '../../../src/di/index.js'
import { Hooks, HttpError, Next, route } from '../../../src/http/index.js'
import { gate, serve } from './wire.js'

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Rejections for which Node would end the process. */
function unhandledRejections(): unknown[] {
  const unhandled: unknown[] = []
  const listen = (reason: unknown) => void unhandled.push(reason)
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', listen)
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  })
  return unhandled
}

describe('middleware that does not wait for next()', () => {
  const impatient = inject([Next], (next) => {
    void next()
    return 'its own response'
  })
  const hasty = inject([Hooks, Next], (hooks, next) => {
    hooks.afterHandler(() => {})
    return impatient(next)
  })

  test.each([
    ['throws', impatient, () => Promise.reject(new Error('late'))],
    ['throws at once', impatient, () => fail()],
    ['throws after hooks have run', hasty, () => settled().then(fail)],
  ])('responds, and what the handler %s is reported', async (_, middleware, handler) => {
    const unhandled = unhandledRejections()
    const { server, failures } = await serve({
      middleware: [middleware],
      routes: [route.get('/', handler)],
    })
    expect(await (await fetch(server.url)).text()).toBe('its own response')
    await settled()
    expect(unhandled).toEqual([])
    expect(failures).toEqual([new Error('late')])
  })

  test('responds, and an error of the client is not reported', async () => {
    const unhandled = unhandledRejections()
    const { server, failures } = await serve({
      middleware: [impatient],
      routes: [route.get('/', () => Promise.reject(new HttpError(400)))],
    })
    await (await fetch(server.url)).text()
    await settled()
    expect([unhandled, failures]).toEqual([[], []])
  })

  test('and calls it twice leaves no rejection', async () => {
    const unhandled = unhandledRejections()
    const twice = inject([Next], (next) => {
      void next()
      return next()
    })
    const { server, failures } = await serve({
      middleware: [inject([Next], (next) => (void next(), void next(), 'x')), twice],
      routes: [route.get('/', () => 'handler')],
    })
    expect(await (await fetch(server.url)).text()).toBe('x')
    await settled()
    expect(unhandled).toEqual([])
    expect(failures).toHaveLength(2)
  })
})

test('an error that middleware rescued is not reported', async () => {
  const rescued = gate()
  const rescue = inject([Next], async (next) => {
    try {
      return await next({ errors: 'throw' })
    } catch {
      rescued.open()
      return 'rescued'
    }
  })
  const { server, failures } = await serve({ middleware: [rescue], routes: [route.get('/', fail)] })
  expect(await (await fetch(server.url)).text()).toBe('rescued')
  await rescued.opened
  expect(failures).toEqual([])
})

function fail(): never {
  throw new Error('late')
}
