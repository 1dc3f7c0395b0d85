import { STATUS_CODES } from 'node:http'
import { describe, expect, test } from 'vitest'
import { Hooks } from '../../../src/http/index.js'
import { App, HttpError, Route, route } from '../../../src/http/index.js'

const typeOf = (response: Response) => response.headers.get('content-type')

describe('an error', () => {
  test('that is an HttpError becomes the response, and is not reported below 500', async () => {
    const reported: unknown[] = []
    const fail = () => {
      throw new HttpError(429, 'Slow down', {
        headers: { 'retry-after': '1', 'content-type': 'text/plain' },
        code: 'too_many',
        cause: new Error('secret'),
      })
    }
    const app = new App({
      routes: [route.get('/', fail)],
      onError: (error) => reported.push(error),
    })
    const response = await app.fetch(new Request('http://localhost/'))
    expect(response.headers.get('retry-after')).toBe('1')
    expect(typeOf(response)).toBe('application/problem+json')
    expect(await response.json()).toEqual({
      title: 'Too Many Requests',
      status: 429,
      detail: 'Slow down',
      code: 'too_many',
    })
    expect(reported).toEqual([])
  })

  test.each([
    [
      'thrown',
      () => {
        throw new Error('secret')
      },
    ],
    ['rejected', () => Promise.reject(new Error('secret'))],
    [
      'thrown and no Error',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- what others' code throws
        throw 'secret'
      },
    ],
  ])('that was %s is a 500 with nothing inside, reported once', async (_, fail) => {
    const reported: unknown[] = []
    const app = new App({
      routes: [route.get('/x/:id', fail)],
      onError: (error, found) =>
        reported.push([error instanceof Error ? error.message : error, found]),
    })
    const response = await app.fetch(new Request('http://localhost/x/1?token=secret'))
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('{"title":"Internal Server Error","status":500}')
    expect(reported).toEqual([['secret', expect.any(Route)]])
  })

  test('of onError itself does not break the response', async () => {
    const fail = () => {
      throw new Error('first')
    }
    const logged: unknown[][] = []
    const original = console.error
    console.error = (...line: unknown[]) => void logged.push(line)
    try {
      const app = new App({
        routes: [route.get('/', fail)],
        onError: () => {
          throw new Error('reporter')
        },
      })
      expect((await app.fetch(new Request('http://localhost/'))).status).toBe(500)
      const standard = new App({ routes: [route.get('/:id', fail)] })
      expect((await standard.fetch(new Request('http://localhost/secret?q=secret'))).status).toBe(
        500,
      )
    } finally {
      console.error = original
    }
    expect(logged.map(([where, error]) => [where, (error as Error).message])).toEqual([
      ['GET / failed:', 'reporter'],
      ['GET /:id failed:', 'first'],
    ])
  })

  test('of an asynchronous onError does not end the process, and is printed', async () => {
    const logged: unknown[][] = []
    const original = console.error
    console.error = (...line: unknown[]) => void logged.push(line)
    try {
      const app = new App({
        routes: [
          route.get('/', () => {
            throw new Error('first')
          }),
        ],
        // oxlint-disable-next-line typescript/no-misused-promises -- what applications do
        onError: () => Promise.reject(new Error('reporter')),
      })
      expect((await app.fetch(new Request('http://localhost/'))).status).toBe(500)
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      console.error = original
    }
    expect(logged.map(([where, error]) => [where, (error as Error).message])).toEqual([
      ['GET / failed:', 'reporter'],
    ])
  })

  test('of a hook becomes the response, and is reported once', async () => {
    const reported: unknown[] = []
    const app = new App({
      routes: [
        route.get('/', [Hooks], (hooks) => {
          hooks.afterHandler(() => {
            throw new HttpError(503, 'Try again', { headers: { 'retry-after': '1' } })
          })
          return 'lost'
        }),
      ],
      onError: (error) => reported.push(error),
    })
    const response = await app.fetch(new Request('http://localhost/'))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(reported).toHaveLength(1)
  })

  test.each([
    [400, false],
    [499, false],
    [500, true],
    [599, true],
  ])('an HttpError of %i is for onError: %s', async (status, isReported) => {
    const reported: unknown[] = []
    const error = new HttpError(status)
    const fail = () => {
      throw error
    }
    const app = new App({ routes: [route.get('/', fail)], onError: (one) => reported.push(one) })
    expect((await app.fetch(new Request('http://localhost/'))).status).toBe(status)
    expect(reported).toEqual(isReported ? [error] : [])
  })

  test('HttpError rejects a status that is no error', () => {
    expect(() => new HttpError(200)).toThrow(RangeError)
    expect(() => new HttpError(404.5)).toThrow(RangeError)
    expect(() => new HttpError(399)).toThrow(RangeError)
    expect(() => new HttpError(600)).toThrow(RangeError)
    expect([new HttpError(400).status, new HttpError(599).status]).toEqual([400, 599])
    expect(new HttpError(418)).toMatchObject({ name: 'HttpError', message: 'Client Error' })
  })
})

test('without a detail says the phrase of its status, or that of its class (RFC 9110 15)', () => {
  // Node has names of RFC 7231.
  const phrases: NodeJS.Dict<string> = {
    ...STATUS_CODES,
    413: 'Content Too Large',
    422: 'Unprocessable Content',
  }
  const named = [
    400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422,
    423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504,
  ]
  for (let status = 400; status < 600; status++) {
    const ofClass = status < 500 ? 'Client Error' : 'Server Error'
    const phrase = named.includes(status) ? phrases[status] : ofClass
    expect([status, new HttpError(status).message]).toEqual([status, phrase])
  }
})
