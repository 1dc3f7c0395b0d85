import assert from 'node:assert/strict'
import { LONG, newKey, textOf, type BackendChecks } from './opened-backend.js'

/** When records expire, by the clock of the test. */
export const clockChecks: BackendChecks = {
  'a record expires at the exact millisecond': async ({ backend, pass }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), 1000)
    pass(999)
    assert.notEqual(await backend.read(key), undefined)
    pass(1)
    assert.equal(await backend.read(key), undefined)
  },

  'replace and touch set a new expiry': async ({ backend, pass }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), 1000)
    pass(900)
    await backend.replace(key, 1, textOf('b'), 1000)
    pass(900)
    await backend.touch(key, 2, textOf('b', 1), 1000)
    pass(999)
    assert.notEqual(await backend.read(key), undefined)
    await backend.replace(key, 2, textOf('c'), 10)
    pass(10)
    assert.equal(await backend.read(key), undefined)
  },

  'an expired record cannot be replaced, touched or destroyed, and its key can be created again':
    async ({ backend, pass }) => {
      const key = newKey()
      await backend.create(key, textOf('old'), 1000)
      pass(1000)
      assert.equal(await backend.replace(key, 1, textOf('a'), LONG), 'missing')
      assert.equal(await backend.touch(key, 1, textOf('old', 1), LONG), false)
      assert.equal(await backend.destroy(key), undefined)
      assert.equal(await backend.create(key, textOf('fresh'), LONG), true)
      assert.deepEqual(await backend.read(key), { text: textOf('fresh'), version: 1 })
    },
}

/** When records expire, by the clock of the backend. */
export const realTimeChecks: BackendChecks = {
  'a record expires by itself': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), SHORT)
    await waitUntilGone(() => backend.read(key))
    assert.equal(await backend.replace(key, 1, textOf('b'), LONG), 'missing')
  },

  'replace and touch set a new expiry': async ({ backend }) => {
    const [replaced, touched, shortened] = [newKey(), newKey(), newKey()]
    await backend.create(replaced, textOf('a'), SHORT)
    await backend.replace(replaced, 1, textOf('b'), LONG)
    await backend.create(touched, textOf('a'), SHORT)
    await backend.touch(touched, 1, textOf('a', 1), LONG)
    await backend.create(shortened, textOf('a'), LONG)
    await backend.replace(shortened, 1, textOf('b'), SHORT)
    await waitUntilGone(() => backend.read(shortened))
    assert.notEqual(await backend.read(replaced), undefined)
    assert.notEqual(await backend.read(touched), undefined)
  },
}

/** Milliseconds; long enough to write a record again before it expires. */
const SHORT = 300

/** Waits longer than `SHORT`: a backend may round up to seconds. */
async function waitUntilGone(read: () => unknown): Promise<void> {
  const deadline = performance.now() + SHORT + 2500
  while (performance.now() < deadline) {
    if ((await read()) === undefined) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail(`a record with ${SHORT} ms to live is still there`)
}
