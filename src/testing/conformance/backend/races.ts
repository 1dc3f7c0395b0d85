import assert from 'node:assert/strict'
import type { BackendLimit } from '../../../sessions/index.js'
import { atOnce, fieldsOf, LONG, newKey, type BackendChecks } from './opened-backend.js'

/** Checks of parallel calls, by the limit that a backend declares when it cannot pass them. */
export const backendRaces: Readonly<Record<BackendLimit, BackendChecks>> = {
  'atomic-patch': {
    'parallel patches of different fields lose none': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, new Map(), LONG)
      const outcomes = await atOnce(100, (index) =>
        backend.patch(key, { set: fieldsOf({ [`f${index}`]: `${index}` }) }, LONG),
      )
      assert.ok(outcomes.every((outcome) => outcome === 'landed'))
      const record = await backend.read(key)
      assert.equal(record?.fields.size, 100)
      assert.equal(record.version, 101)
    },

    'of parallel patches that expect the same text exactly one is applied': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, fieldsOf({ n: '0' }), LONG)
      const expected = fieldsOf({ n: '0' })
      const outcomes = await atOnce(50, (index) =>
        backend.patch(key, { set: fieldsOf({ n: `${index + 1}` }), expected }, LONG),
      )
      const landed = outcomes.filter((outcome) => outcome === 'landed')
      const taken = outcomes.filter((outcome) => outcome === 'taken')
      assert.deepEqual([landed.length, taken.length], [1, 49])
      const winner = outcomes.indexOf('landed')
      assert.deepEqual((await backend.read(key))?.fields, fieldsOf({ n: `${winner + 1}` }))
    },

    'touch at the same time as patch does not undo the patch': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, fieldsOf({ a: '1' }), LONG)
      await Promise.all([
        backend.touch(key, 1, fieldsOf({ seen: '1' }), LONG),
        backend.patch(key, { set: fieldsOf({ a: '2' }) }, LONG),
        backend.touch(key, 1, fieldsOf({ seen: '2' }), LONG),
      ])
      const record = await backend.read(key)
      assert.deepEqual([record?.fields.get('a'), record?.version], ['2', 2])
    },
  },

  'no-revival': {
    'a patch or touch at the same time as destroy does not bring the record back': async ({
      backend,
    }) => {
      for (let round = 0; round < 10; round++) {
        const key = newKey()
        await backend.create(key, fieldsOf({ a: '1' }), LONG)
        const slow = [
          backend.patch(key, { set: fieldsOf({ b: '1' }) }, LONG),
          backend.touch(key, 1, fieldsOf({ seen: '1' }), LONG),
        ]
        await Promise.all([
          ...slow,
          backend.destroy(key),
          backend.patch(key, { set: fieldsOf({ c: '1' }) }, LONG),
          backend.touch(key, 2, fieldsOf({ seen: '2' }), LONG),
        ])
        assert.equal(await backend.read(key), undefined)
      }
    },

    'of parallel destroys exactly one returns the record': async ({ backend }) => {
      const key = newKey()
      await backend.create(key, fieldsOf({ a: '1' }), LONG)
      const records = await atOnce(10, () => backend.destroy(key))
      assert.equal(records.filter((record) => record !== undefined).length, 1)
    },
  },

  'exclusive-create': {
    'of parallel creates of one key exactly one makes the record': async ({ backend }) => {
      const key = newKey()
      const made = await atOnce(50, (index) =>
        backend.create(key, fieldsOf({ n: `${index}` }), LONG),
      )
      assert.equal(made.filter(Boolean).length, 1)
      const winner = made.indexOf(true)
      assert.deepEqual((await backend.read(key))?.fields, fieldsOf({ n: `${winner}` }))
    },
  },
}
