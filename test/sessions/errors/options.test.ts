import { expect, test } from 'vitest'
import { checkNumber } from '../../../src/sessions/errors/options.js'
import { SessionOptionError } from '../../../src/sessions/errors/errors.js'

test('a whole number within the range comes back, the bounds included', () => {
  expect(checkNumber('limit', 1, { from: 1, to: 3 })).toBe(1)
  expect(checkNumber('limit', 3, { from: 1, to: 3 })).toBe(3)
  expect(checkNumber('limit', Number.MAX_SAFE_INTEGER, { from: 1 })).toBe(Number.MAX_SAFE_INTEGER)
})

test.each([0, 4, 1.5, Number.NaN, Infinity, '2', null])('%s is refused', (given) => {
  expect(() => checkNumber('limit', given, { from: 1, to: 3, unit: 'calls' })).toThrow(
    new SessionOptionError(
      'limit',
      `must be a whole number of calls from 1 to 3, not ${typeof given === 'string' ? `"${given}"` : given}.`,
    ),
  )
})

test('the message says what a bound means', () => {
  const range = { from: 1, to: 86_400, toInWords: 'a day', unit: 'seconds' }
  expect(() => checkNumber('idleTimeout', 0, range)).toThrow(
    new SessionOptionError(
      'idleTimeout',
      'must be a whole number of seconds from 1 to 86400 (a day), not 0.',
    ),
  )
})
