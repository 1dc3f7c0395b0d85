import { BackendStore, value } from 'ingot'
import { describeSessionBackend, describeSessionStore } from 'ingot/testing'
import { describe, test } from 'vitest'
import { ProcessBackend } from './process-backend.js'
import { Table } from './table.js'
import { TableStore } from './table-store.js'

// #region backend
describeSessionBackend('ProcessBackend', ({ clock }) => ({ backend: new ProcessBackend(clock) }), {
  describe,
  test,
  hasIndex: false,
})
// #endregion

describeSessionStore(
  'a store over ProcessBackend',
  (conditions) => ({
    store: new BackendStore(new ProcessBackend(conditions.clock), conditions),
  }),
  { describe, test },
)

// #region store
describeSessionStore(
  'TableStore',
  () => {
    const table = new Table()
    return { store: TableStore, components: [value(Table, table)], table }
  },
  {
    describe,
    test,
    capabilities: { mergesWrites: false, takesOnce: false },
    hasClock: false,
    count: ({ table }) => table.size,
  },
)
// #endregion
