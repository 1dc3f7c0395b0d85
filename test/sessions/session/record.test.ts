import { expect, test } from 'vitest'
import { isLoggedIn, writeRecord } from '../../../src/sessions/session/record.js'

const SEEN = 1_700_000_000_000
const NOW = { createdAt: SEEN, seenAt: SEEN }

test.each([
  ['nothing but its times', {}, {}, false],
  ['a lifetime and a version', { lifetime: 60, dataVersion: 3 }, {}, false],
  ['a label alone', { label: '7' }, {}, false],
  ['a grace and others', {}, { replacedUntil: SEEN, successor: '1', predecessor: '2' }, false],
  ['a login', { authenticatedAt: SEEN }, {}, true],
  ['a user', { userId: '1' }, {}, true],
  ['a user with all else', { userId: 'ada', label: 'x', lifetime: 60 }, { replacedUntil: 1 }, true],
])('a record with %s says whether its visitor has logged in', (_, more, notes, expected) => {
  const fields = new Map([['d:count', '1,2,3;4']])
  expect(isLoggedIn(writeRecord({ metadata: { ...NOW, ...more }, notes, fields }))).toBe(expected)
})

test.each(['', 'abcdefghijkl', 'ZZZZ0123JKLM'])(
  'a note of a move is no login, with nonce %j',
  (nonce) => {
    expect(isLoggedIn(JSON.stringify({ nonce, at: SEEN }))).toBe(false)
  },
)
