import { describe, test } from 'node:test'
import { MemoryBackend, MemoryStore } from '../../../src/index.js'
import { describeSessionBackend, describeSessionStore } from '../../../src/testing/index.js'

describeSessionBackend(
  'MemoryBackend',
  ({ clock }) => ({ backend: new MemoryBackend({ now: clock }) }),
  { describe, test },
)

describeSessionStore('MemoryStore', (conditions) => ({ store: new MemoryStore(conditions) }), {
  describe,
  test,
})

// This one fails: a failing case has to be a failing test.
describeSessionStore(
  'a store with one failing case',
  (conditions) => ({ store: new MemoryStore(conditions) }),
  { describe, test, capabilities: { takesOnce: false } },
)
