import { expect, test } from 'vitest'
import { checkedRules } from '../../../src/sessions/sql/sql-options.js'

test('a backend of a database waits 800 milliseconds, looks for expired rows each minute, and makes no table', () => {
  expect(checkedRules({})).toMatchObject({ timeoutMs: 800, sweepInterval: 60, migrate: false })
})
