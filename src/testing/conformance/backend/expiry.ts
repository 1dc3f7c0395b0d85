import assert from 'node:assert/strict'
import { fieldsOf, LONG, newKey, type BackendChecks } from './opened-backend.js'

/** When records expire, by the clock of the test. */
export const clockChecks: BackendChecks = {
  'a record expires at the exact millisecond': async ({ backend, pass }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), 1000)
    pass(999)
    assert.notEqual(await backend.read(key), undefined)
    pass(1)
    assert.equal(await backend.read(key), undefined)
  },

  'patch and touch set a new expiry': async ({ backend, pass }) => {
    const key = newKey()
    await backend.create(key, new Map(), 1000)
    pass(900)
    await backend.patch(key, { set: new Map() }, 1000)
    pass(900)
    await backend.touch(key, 2, new Map(), 1000)
    pass(999)
    assert.notEqual(await backend.read(key), undefined)
    await backend.patch(key, { set: new Map() }, 10)
    pass(10)
    assert.equal(await backend.read(key), undefined)
  },

  'an expired record cannot be patched, touched or destroyed, and its key can be created again':
    async ({ backend, pass }) => {
      const key = newKey()
      await backend.create(key, fieldsOf({ old: '1' }), 1000)
      pass(1000)
      assert.equal(await backend.patch(key, { set: fieldsOf({ a: '1' }) }, LONG), 'lost')
      assert.equal(await backend.touch(key, 1, new Map(), LONG), 'lost')
      assert.equal(await backend.destroy(key), undefined)
      assert.equal(await backend.create(key, fieldsOf({ fresh: '1' }), LONG), true)
      assert.deepEqual(await backend.read(key), { fields: fieldsOf({ fresh: '1' }), version: 1 })
    },
}

/** When records expire, by the clock of the backend. */
export const realTimeChecks: BackendChecks = {
  'a record expires by itself': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), SHORT)
    await waitUntilGone(() => backend.read(key))
    assert.equal(await backend.patch(key, { set: fieldsOf({ a: '1' }) }, LONG), 'lost')
  },

  'patch and touch set a new expiry': async ({ backend }) => {
    const [patched, touched, shortened] = [newKey(), newKey(), newKey()]
    for (const key of [patched, touched]) await backend.create(key, new Map(), SHORT)
    await backend.create(shortened, new Map(), LONG)
    await backend.patch(patched, { set: new Map() }, LONG)
    await backend.touch(touched, 1, new Map(), LONG)
    await backend.patch(shortened, { set: new Map() }, SHORT)
    await waitUntilGone(() => backend.read(shortened))
    assert.notEqual(await backend.read(patched), undefined)
    assert.notEqual(await backend.read(touched), undefined)
  },
}

/** Milliseconds; long enough to write the other records before this one expires. */
const SHORT = 300

/** Waits longer than `SHORT`: a backend may round up to seconds. */
async function waitUntilGone(read: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + SHORT + 2500
  while (performance.now() < deadline) {
    if ((await read()) === undefined) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`a record with ${SHORT} ms to live is still there`)
}
