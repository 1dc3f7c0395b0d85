import assert from 'node:assert/strict'
import type { SessionIndex } from '../../../sessions/index.js'
import {
  atOnce,
  LONG,
  newKey,
  textOf,
  type BackendChecks,
  type OpenedBackend,
} from './opened-backend.js'

/** Checks of the index, which finds the sessions of a user. */
export const indexChecks: BackendChecks = {
  'the index lists the records of one user, without removed ones': async (opened) => {
    const index = indexOf(opened)
    const [user, other] = [newKey(), newKey()]
    const [first, second, third] = [newKey(), newKey(), newKey()]
    for (const key of [first, second, third, first]) await add(opened, user, key)
    await add(opened, other, newKey())
    await remove(opened, user, second)
    await remove(opened, user, second)
    const listed = await index.list(user, 0, 10)
    assert.deepEqual(listed.sort(), [first, third].sort())
    assert.deepEqual(await index.list(newKey(), 0, 10), [])
  },

  'the index is read in pages': async (opened) => {
    const index = indexOf(opened)
    const user = newKey()
    const keys = Array.from({ length: 25 }, newKey)
    for (const key of keys) await add(opened, user, key)
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
      await add(opened, user, key)
      return key
    })
    assert.deepEqual((await index.list(user, 0, 100)).sort(), keys.sort())
  },
}

/** Notes a record of a user: in the index, or by making the record with its user. */
async function add(opened: OpenedBackend, user: string, key: string): Promise<void> {
  const index = indexOf(opened)
  if (index.add) await index.add(user, key, LONG)
  else await opened.backend.create(key, textOf(''), LONG, undefined, user)
}

async function remove(opened: OpenedBackend, user: string, key: string): Promise<void> {
  const index = indexOf(opened)
  if (index.remove) await index.remove(user, key)
  else await opened.backend.destroy(key)
}

export function indexOf({ backend }: OpenedBackend): SessionIndex {
  const { index } = backend
  assert.ok(
    index,
    'the backend has no index: pass `hasIndex: false` to describeSessionBackend; session.bind then throws',
  )
  return index
}
