import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Session, SessionUnconfirmedError, SessionUsageError } from '../../../src/sessions/index.js'
import { encode } from '../../../src/sessions/session/field-texts.js'
import { thrownWhere } from '../../../src/sessions/errors/redaction.js'
import { storeFailure } from '../../../src/sessions/calls/store-failure.js'

const SECRET = 'card 4111 1111 1111 1111'

describe('an error that stands for another', () => {
  test('has the frames of that one, and its own where that has none', () => {
    const made = new Error('made here')
    const own = made.stack
    for (const other of ['text', undefined, { stack: 'no frames' }])
      expect(thrownWhere(made, other).stack).toBe(own)
    const other = { message: 'x', stack: 'Error: x\n    at there (file.js:1:2)' }
    expect(thrownWhere(made, other).stack).toBe('Error: made here\n    at there (file.js:1:2)')
  })
})

describe('the cause of an error about a value', () => {
  test('says what kind of error a getter threw and where, and nothing of its text [LG-05]', () => {
    const value = {
      get card() {
        throw new RangeError(`cannot read ${SECRET}`)
      },
    }
    const error = thrownBy(() => Session.empty().set('card', value))
    expect(error).toBeInstanceOf(SessionUsageError)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET)
    expect((error.cause as Error).message).toBe('RangeError (its message is not shown)')
    expect((error.cause as Error).stack).toMatch(/\n {4}at .*redaction\.test/)
  })

  test('says the same of a serializer that refused the value', () => {
    const serializer = {
      stringify: () => {
        throw new TypeError(SECRET)
      },
      parse: JSON.parse,
    }
    const error = thrownBy(() => encode('value', 'card', serializer))
    expect(error.message).toBe(
      "cannot store session value 'card': the serializer refused it. " +
        'Store JSON values only, or give the store a serializer that carries this type.',
    )
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(SECRET)
    expect((error.cause as Error).message).toBe('TypeError (its message is not shown)')
  })
})

describe('what is kept of an error of a store', () => {
  test('has no line of a text that looks like a stack', () => {
    const failure = storeFailure(new Error(`no\n    at ${SECRET}\n    at end`), 'load')
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(SECRET)
    expect((failure.cause as Error).stack).toMatch(/\n {4}at .*redaction\.test/)
  })

  test('is the name of its class, where that left the name of Error', () => {
    class ClientClosedError extends Error {}
    expect((storeFailure(new ClientClosedError(SECRET), 'load').cause as Error).message).toBe(
      'the session store failed to load: ClientClosedError (its message is not shown)',
    )
  })

  test('is made of an error whose getters throw', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error(SECRET)
        },
      },
    )
    const failure = storeFailure(hostile, 'dump')
    expect((failure.cause as Error).message).toBe(
      'the session store failed to dump: no error object (its message is not shown)',
    )
  })
})

test('SessionUnconfirmedError is there for backends of others', () => {
  expect(new SessionUnconfirmedError(0, 1).code).toBe('SESSION_UNCONFIRMED')
})

function thrownBy(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
