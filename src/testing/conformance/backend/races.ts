import assert from 'node:assert/strict'
import type { BackendLimit, SessionBackend } from '../../../sessions/index.js'
import { atOnce, LONG, newKey, textOf, type BackendChecks } from './opened-backend.js'

/** Checks of parallel calls, by the limit that a backend declares when it cannot pass them. */
export const backendRaces: Readonly<Record<BackendLimit, BackendChecks>> = {
  'atomic-replace': {
    'of parallel replacements of one version exactly one is applied, and the others get it':
      async ({ backend }) => {
        const key = newKey()
        await backend.create(key, textOf('0'), LONG)
        const results = await atOnce(50, (index) =>
          backend.replace(key, 1, textOf(`${index + 1}`), LONG),
        )
        const winner = results.indexOf('applied')
        const record = { text: textOf(`${winner + 1}`), version: 2 }
        assert.deepEqual(await backend.read(key), record)
        results.splice(winner, 1)
        for (const result of results) assert.deepEqual(result, record)
      },

    'parallel writers that try again with the record they got lose nothing': async ({
      backend,
    }) => {
      const key = newKey()
      await backend.create(key, textOf(''), LONG)
      await atOnce(10, (index) => append(backend, key, `${index}`))
      const record = await backend.read(key)
      assert.equal(record?.version, 11)
      assert.deepEqual(record.text.slice(14).split('').sort().join(''), '0123456789')
    },

    'touch at the same time as replace does not undo it': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, textOf('1'), LONG)
      await Promise.all([
        backend.touch(key, 1, textOf('1', 1), LONG),
        backend.replace(key, 1, textOf('2', 2), LONG),
        backend.touch(key, 1, textOf('1', 3), LONG),
      ])
      assert.deepEqual(await backend.read(key), { text: textOf('2', 2), version: 2 })
    },
  },

  'no-revival': {
    'a replace or touch at the same time as destroy does not bring the record back': async ({
      backend,
    }) => {
      for (let round = 0; round < 10; round++) {
        const key = newKey()
        await backend.create(key, textOf('a'), LONG)
        const slow = [
          backend.replace(key, 1, textOf('b'), LONG),
          backend.touch(key, 1, textOf('a', 1), LONG),
        ]
        await Promise.all([
          ...slow,
          backend.destroy(key),
          backend.replace(key, 2, textOf('c'), LONG),
          backend.touch(key, 2, textOf('b', 2), LONG),
        ])
        assert.equal(await backend.read(key), undefined)
      }
    },

    'of parallel destroys exactly one returns the record': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, textOf('a'), LONG)
      const records = await atOnce(10, () => backend.destroy(key))
      assert.equal(records.filter((record) => record !== undefined).length, 1)
    },
  },

  'exclusive-create': {
    'of parallel creates of one key exactly one makes the record': async ({ backend }) => {
      const key = newKey()
      const made = await atOnce(50, (index) => backend.create(key, textOf(`${index}`), LONG))
      assert.equal(made.filter(Boolean).length, 1)
      const winner = made.indexOf(true)
      assert.equal((await backend.read(key))?.text, textOf(`${winner}`))
    },
  },
}

/** Adds a character, as a store does: on what it got when another one was first. */
async function append(backend: SessionBackend, key: string, character: string): Promise<void> {
  let record = await backend.read(key)
  while (record) {
    const result = await backend.replace(key, record.version, record.text + character, LONG)
    if (result === 'applied') return
    record = result === 'missing' ? undefined : result
  }
  assert.fail('the record is missing')
}
