import assert from 'node:assert/strict'
import { fieldsOf, LONG, newKey, type BackendChecks } from './opened-backend.js'

/** What each method does, without parallel calls. */
export const recordChecks: BackendChecks = {
  'a key without a record reads as undefined': async ({ backend }) => {
    assert.equal(await backend.read(newKey()), undefined)
  },

  'fields come back exactly as they were created': async ({ backend }) => {
    const fields = new Map(NAMES.map((name) => [name, `${name} ${TEXT}`]))
    const key = newKey()
    assert.equal(await backend.create(key, fields, LONG), true)
    assert.deepEqual(await backend.read(key), { fields, version: 1 })
  },

  'a record without fields is a record': async ({ backend }) => {
    const key = newKey()
    assert.equal(await backend.create(key, new Map(), LONG), true)
    assert.deepEqual(await backend.read(key), { fields: new Map(), version: 1 })
    assert.equal(await backend.create(key, fieldsOf({ a: '1' }), LONG), false)
  },

  'a text of 200,000 characters comes back': async ({ backend }) => {
    const key = newKey()
    const fields = fieldsOf({ long: 'é'.repeat(200_000) })
    await backend.create(key, fields, LONG)
    assert.deepEqual((await backend.read(key))?.fields, fields)
  },

  'records of different keys are separate, even when only the case differs': async ({
    backend,
  }) => {
    const end = newKey().slice(1)
    const [key, other] = [`a${end}`, `A${end}`]
    await backend.create(key, fieldsOf({ a: '1' }), LONG)
    await backend.create(other, fieldsOf({ a: '2' }), LONG)
    await backend.patch(key, { set: fieldsOf({ b: '1' }) }, LONG)
    await backend.destroy(key)
    assert.deepEqual(await backend.read(other), { fields: fieldsOf({ a: '2' }), version: 1 })
  },

  'create does not change an existing record': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), LONG)
    assert.equal(await backend.create(key, fieldsOf({ a: '2', b: '2' }), LONG), false)
    assert.deepEqual(await backend.read(key), { fields: fieldsOf({ a: '1' }), version: 1 })
  },

  'patch writes and removes only the named fields, and increments the version': async ({
    backend,
  }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1', b: '2', c: '3' }), LONG)
    const patch = { set: fieldsOf({ b: 'two', d: '4' }), deleted: ['c', 'not there'] }
    assert.equal(await backend.patch(key, patch, LONG), 'landed')
    const fields = fieldsOf({ a: '1', b: 'two', d: '4' })
    assert.deepEqual(await backend.read(key), { fields, version: 2 })
  },

  'patch can remove the last field, and the record stays': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), LONG)
    assert.equal(await backend.patch(key, { set: new Map(), deleted: ['a'] }, LONG), 'landed')
    assert.deepEqual(await backend.read(key), { fields: new Map(), version: 2 })
  },

  'patch and touch do not create a record': async ({ backend }) => {
    const key = newKey()
    const set = fieldsOf({ a: '1' })
    assert.equal(await backend.patch(key, { set }, LONG), 'lost')
    assert.equal(
      await backend.patch(key, { set, expected: new Map([['a', undefined]]) }, LONG),
      'lost',
    )
    assert.equal(await backend.touch(key, 1, set, LONG), 'lost')
    assert.equal(await backend.read(key), undefined)
  },

  'patch that expects another text, presence or version writes nothing': async ({ backend }) => {
    const key = newKey()
    const fields = fieldsOf({ a: '1', empty: '' })
    await backend.create(key, fields, LONG)
    const set = fieldsOf({ a: '2', b: '2' })
    for (const condition of [
      { expected: new Map([['a', '0']]) },
      { expected: new Map([['a', undefined]]) },
      { expected: new Map([['b', '1']]) },
      { expected: new Map([['empty', undefined]]) },
      { expected: new Map([['b', '']]) },
      {
        expected: new Map([
          ['a', '1'],
          ['empty', 'no'],
        ]),
      },
      { version: 2 },
    ]) {
      assert.equal(await backend.patch(key, { set, ...condition }, LONG), 'taken')
    }
    assert.deepEqual(await backend.read(key), { fields, version: 1 })
  },

  'patch whose expectations hold is applied': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1', empty: '' }), LONG)
    const expected = new Map([
      ['a', '1'],
      ['empty', ''],
      ['b', undefined],
    ])
    const patch = { set: fieldsOf({ a: '2' }), expected, version: 1 }
    assert.equal(await backend.patch(key, patch, LONG), 'landed')
  },

  'touch writes its fields and leaves the version': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1', seen: '1' }), LONG)
    assert.equal(await backend.touch(key, 1, fieldsOf({ seen: '2' }), LONG), 'landed')
    assert.deepEqual(await backend.read(key), {
      fields: fieldsOf({ a: '1', seen: '2' }),
      version: 1,
    })
  },

  'touch does not change a record that was patched in between': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), LONG)
    await backend.patch(key, { set: fieldsOf({ a: '2' }) }, LONG)
    assert.equal(await backend.touch(key, 1, fieldsOf({ seen: '2' }), LONG), 'taken')
    assert.deepEqual((await backend.read(key))?.fields, fieldsOf({ a: '2' }))
  },

  'destroy returns what it removed, and a second destroy is no error': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, fieldsOf({ a: '1' }), LONG)
    await backend.patch(key, { set: fieldsOf({ b: '2' }) }, LONG)
    const removed = { fields: fieldsOf({ a: '1', b: '2' }), version: 2 }
    assert.deepEqual(await backend.destroy(key), removed)
    assert.equal(await backend.destroy(key), undefined)
    assert.equal(await backend.read(key), undefined)
  },

  'changing a given or returned map does not change the record': async ({ backend }) => {
    const key = newKey()
    const given = fieldsOf({ a: '1' })
    await backend.create(key, given, LONG)
    given.set('a', '2')
    const fields = (await backend.read(key))!.fields as Map<string, string>
    fields.set('a', '3')
    assert.deepEqual((await backend.read(key))?.fields, fieldsOf({ a: '1' }))
  },
}

const NAMES = ['', ' ', '__proto__', 'constructor', '1', 'd:a:b\n', 'd:$a.b', 'd:ключ', 'd:😀']
const TEXT = '\u2028 \0 "é" \\ שלום 😀 \r\n {"a":1}'
