import { expect, onTestFinished, test } from 'vitest'
import { App, inject, route } from '../../src/index.js'
import { refusalOf } from './world.js'

test.each([0, 1, 100])(
  'a message names the line of a route with a stack trace limit of %i, and leaves the limit alone',
  async (limit) => {
    const before = Error.stackTraceLimit
    onTestFinished(() => {
      Error.stackTraceLimit = before
    })
    Error.stackTraceLimit = limit
    class Unknown {}
    const app = new App({
      routes: [
        route.get(
          '/',
          inject([Unknown], (one) => one),
        ),
      ],
    })
    expect(Error.stackTraceLimit).toBe(limit)
    const { message } = await refusalOf(app.ready())
    expect(message).toMatch(/DI_MISSING \(GET \/, test\/di\/call-site\.test\.ts:\d+\): nothing/)
  },
)
