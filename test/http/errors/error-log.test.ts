import { describe, expect, test } from 'vitest'
import { ErrorLog } from '../../../src/http/errors/error-log.js'
import { App, HttpError, route } from '../../../src/http/index.js'

const cart = route.get('/cart/:id', () => 'never called')

describe('what is printed of an error', () => {
  test('a 503 whose cause is known is one short line', () => {
    const { log, lines } = open()
    log.write(storeAway('timeout'), cart)
    expect(lines).toEqual([['GET /cart/:id failed: 503 SESSION_LOAD (timeout)']])
  })

  test('a 503 that the application throws is one line with its code, and without its detail', () => {
    const { log, lines } = open()
    log.write(new HttpError(503, 'Closed for Ada Lovelace', { code: 'CLOSED' }), cart)
    expect(lines).toEqual([['GET /cart/:id failed: 503 CLOSED']])
  })

  test('an unexpected error is printed whole, with its stack', () => {
    const { log, lines } = open()
    const error = new TypeError('broken')
    log.write(error, cart)
    expect(lines).toEqual([['GET /cart/:id failed:', error]])
  })

  test('a 503 behind which a mistake may be is printed whole as well', () => {
    const { log, lines } = open()
    const error = storeAway('contract')
    log.write(error, cart)
    expect(lines).toEqual([['GET /cart/:id failed:', error]])
  })

  test('a reason or a code that is no word is left out [LG-05]', () => {
    const { log, lines } = open()
    const cause = Object.assign(new Error('x'), { reason: 'a b', code: 'ECONNREFUSED' })
    log.write(new HttpError(503, undefined, { code: 'x'.repeat(43), cause }), cart)
    expect(lines).toEqual([['GET /cart/:id failed: 503 (ECONNREFUSED)']])
  })
})

describe('an outage [RF-01]', () => {
  test('is one line for each route and reason in ten seconds, with how many were left out', () => {
    const { log, lines, windows } = open()
    for (let each = 0; each < 1205; each++) log.write(storeAway('timeout'), cart)
    for (let each = 0; each < 3; each++) log.write(storeAway('breaker-open'), cart)
    log.write(
      storeAway('timeout'),
      route.get('/', () => 'never called'),
    )
    expect(windows).toHaveLength(1)
    windows[0]!.run()
    expect(lines).toEqual([
      ['GET /cart/:id failed: 503 SESSION_LOAD (timeout)'],
      ['GET /cart/:id failed: 503 SESSION_LOAD (breaker-open)'],
      ['GET / failed: 503 SESSION_LOAD (timeout)'],
      ['GET /cart/:id failed: 503 SESSION_LOAD (timeout) ... and 1,204 more in 10 s'],
      ['GET /cart/:id failed: 503 SESSION_LOAD (breaker-open) ... and 2 more in 10 s'],
    ])
  })

  test('is printed again when ten seconds are over', () => {
    const { log, lines, windows } = open()
    log.write(storeAway('timeout'), cart)
    log.write(new TypeError('first'), cart)
    log.write(new TypeError('second'), cart)
    windows[0]!.run()
    log.write(storeAway('timeout'), cart)
    expect(windows.map(({ milliseconds }) => milliseconds)).toEqual([10_000, 10_000])
    expect(lines.slice(2)).toEqual([
      ['GET /cart/:id failed: TypeError ... and 1 more in 10 s'],
      ['GET /cart/:id failed: 503 SESSION_LOAD (timeout)'],
    ])
  })

  test('takes the memory of a few hundred kinds at most', () => {
    const { log, lines, windows } = open()
    for (let each = 0; each < 1000; each++) log.write(storeAway(`reason-${each}`), cart)
    windows[0]!.run()
    expect(lines).toHaveLength(201)
    expect(lines.at(-1)).toEqual([
      'Other routes failed, or failed otherwise ... and 800 more in 10 s',
    ])
  })

  test('reaches an onError of the application every time', async () => {
    const heard: unknown[] = []
    const fail = () => {
      throw storeAway('timeout')
    }
    const app = new App({
      routes: [route.get('/', fail)],
      onError: (error) => void heard.push(error),
    })
    for (let each = 0; each < 3; each++) await app.fetch(new Request('http://localhost/'))
    expect(heard).toHaveLength(3)
  })
})

function open() {
  const lines: unknown[][] = []
  const windows: { milliseconds: number; run: () => void }[] = []
  const log = new ErrorLog({
    print: (...line) => void lines.push(line),
    after: (milliseconds, run) => void windows.push({ milliseconds, run }),
  })
  return { log, lines, windows }
}

function storeAway(reason: string): HttpError {
  const cause = Object.assign(new Error('the session store is away'), { reason })
  return new HttpError(503, 'The session could not be loaded.', { code: 'SESSION_LOAD', cause })
}
