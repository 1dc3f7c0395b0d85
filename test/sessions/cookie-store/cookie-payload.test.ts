import { expect, test } from 'vitest'
import { readPayload, writePayload } from '../../../src/sessions/cookie-store/cookie-payload.js'

test('what a session does not have takes no byte of its cookie', () => {
  // A fixed id: among 32 random bytes there is a bracket in each ninth run.
  const id = 'A'.repeat(43)
  const times = { createdAt: 1_700_000_000_000, seenAt: 1_700_000_000_000 }
  const fields = new Map([['d:n', '1']])
  const plain = writePayload({ id, metadata: times, fields })
  const login = writePayload({ id, metadata: { ...times, authenticatedAt: 1 }, fields })
  expect(plain.includes('[')).toBe(false)
  expect(login.includes('[1]')).toBe(true)
  expect(readPayload(plain)?.metadata).toEqual(times)
})
