import assert from 'node:assert/strict'
import type { SessionIndex } from '../../../sessions/index.js'
import { atOnce, LONG, newKey, type BackendChecks, type OpenedBackend } from './opened-backend.js'

/** Checks of the index, which finds the sessions of a user. */
export const indexChecks: BackendChecks = {
  'the index lists the records of one user, without removed ones': async (opened) => {
    const index = indexOf(opened)
    const [user, other] = [newKey(), newKey()]
    const [first, second, third] = [newKey(), newKey(), newKey()]
    for (const key of [first, second, third, first]) await index.add(user, key, LONG)
    await index.add(other, newKey(), LONG)
    await index.remove(user, second)
    await index.remove(user, second)
    const listed = await index.list(user, 0, 10)
    assert.deepEqual(listed.sort(), [first, third].sort())
    assert.deepEqual(await index.list(newKey(), 0, 10), [])
  },

  'the index is read in pages': async (opened) => {
    const index = indexOf(opened)
    const user = newKey()
    const keys = Array.from({ length: 25 }, newKey)
    for (const key of keys) await index.add(user, key, LONG)
    const pages = [
      await index.list(user, 0, 10),
      await index.list(user, 10, 10),
      await index.list(user, 20, 10),
    ]
    assert.deepEqual(
      pages.map((page) => page.length),
      [10, 10, 5],
    )
    assert.deepEqual(pages.flat().sort(), keys.sort())
  },

  'parallel additions to the index lose none': async (opened) => {
    const index = indexOf(opened)
    const user = newKey()
    const keys = await atOnce(50, async () => {
      const key = newKey()
      await index.add(user, key, LONG)
      return key
    })
    assert.deepEqual((await index.list(user, 0, 100)).sort(), keys.sort())
  },
}

export function indexOf({ backend }: OpenedBackend): SessionIndex {
  const { index } = backend
  assert.ok(
    index,
    'the backend has no index: pass `hasIndex: false` to describeSessionBackend; session.bind then throws',
  )
  return index
}
