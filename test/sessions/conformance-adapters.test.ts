import { BackendStore, type SessionBackend } from 'ingot'
import { describeSessionBackend, describeSessionStore } from 'ingot/testing'
import { describe, test } from 'vitest'
import { adapted } from './adapters/stores.js'

const runner = { describe, test }
const limits: NonNullable<SessionBackend['limits']>[number][] = [
  'atomic-replace',
  'no-revival',
  'exclusive-create',
]

/** The same without its limits: what it keeps as long as no other process takes part. */
function oneProcess(backend: SessionBackend): SessionBackend {
  return Object.assign(backend, { limits: [] })
}

for (const [name, open] of Object.entries(adapted)) {
  describeSessionBackend(name, open, { ...runner, limits, hasIndex: false })

  describeSessionBackend(
    `${name}, in one process,`,
    (options) => {
      const { backend, ...rest } = open(options)
      return { backend: oneProcess(backend), ...rest }
    },
    { ...runner, hasIndex: false },
  )

  describeSessionStore(
    `BackendStore of ${name}`,
    (conditions) => {
      const { backend, ...rest } = open(conditions)
      return { store: new BackendStore(backend, conditions), backend, ...rest }
    },
    {
      ...runner,
      capabilities: { isRevocable: false, mergesWrites: false, takesOnce: false },
      beside: ({ backend }, name, given) => new BackendStore(backend, { name, ...given }),
    },
  )

  describeSessionStore(
    `BackendStore of ${name}, in one process,`,
    (conditions) => {
      const { backend, ...rest } = open(conditions)
      return { store: new BackendStore(oneProcess(backend), conditions), ...rest }
    },
    runner,
  )
}
