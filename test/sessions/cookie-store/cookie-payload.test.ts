import { expect, test } from 'vitest'
import { readPayload, writePayload } from '../../../src/sessions/cookie-store/cookie-payload.js'

test('what a session does not have takes no byte of its cookie', () => {
  const id = 'A'.repeat(43)
  const times = { createdAt: 1_700_000_000_000, seenAt: 1_700_000_000_000 }
  const fields = new Map([['d:n', '1']])
  const plain = writePayload({ id, metadata: times, fields })
  const login = writePayload({ id, metadata: { ...times, authenticatedAt: 1 }, fields })
  // The layout, the id, two times, which facts there are, and four for the field.
  expect(plain).toHaveLength(1 + 32 + 7 + 7 + 1 + 4)
  expect(login).toHaveLength(plain.length + 7)
  expect(readPayload(plain)?.metadata).toEqual(times)
  expect(readPayload(login)?.metadata).toEqual({ ...times, authenticatedAt: 1 })
})
