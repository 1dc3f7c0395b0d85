import assert from 'node:assert/strict'
import { LONG, newKey, textOf, type BackendChecks } from './opened-backend.js'

/** What each method does, without parallel calls. */
export const recordChecks: BackendChecks = {
  'a key without a record reads as undefined': async ({ backend }) => {
    assert.equal(await backend.read(newKey()), undefined)
  },

  'a text comes back exactly as it was created': async ({ backend }) => {
    for (const text of [textOf(TEXT), textOf(''), '1', '{"a":1}', ' 12 ', 'null']) {
      const key = newKey()
      assert.equal(await backend.create(key, text, LONG), true)
      assert.deepEqual(await backend.read(key), { text, version: 1 })
    }
  },

  'a text comes back exactly as it was replaced and touched': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), LONG)
    await backend.replace(key, 1, textOf(TEXT), LONG)
    assert.deepEqual(await backend.read(key), { text: textOf(TEXT), version: 2 })
    await backend.touch(key, 2, textOf(TEXT, 7), LONG)
    assert.deepEqual(await backend.read(key), { text: textOf(TEXT, 7), version: 2 })
  },

  'an empty text is a record': async ({ backend }) => {
    const key = newKey()
    assert.equal(await backend.create(key, '', LONG), true)
    assert.deepEqual(await backend.read(key), { text: '', version: 1 })
    assert.equal(await backend.create(key, textOf('a'), LONG), false)
    assert.equal(await backend.replace(key, 1, textOf('b'), LONG), 'applied')
  },

  'a text of 200,000 characters comes back': async ({ backend }) => {
    const key = newKey()
    const text = textOf('é'.repeat(200_000))
    await backend.create(key, text, LONG)
    assert.deepEqual(await backend.read(key), { text, version: 1 })
    await backend.replace(key, 1, text + text, LONG)
    assert.deepEqual(await backend.read(key), { text: text + text, version: 2 })
  },

  'records of different keys are separate, even when only the case differs': async ({
    backend,
  }) => {
    const end = newKey().slice(1)
    const [key, other] = [`a${end}`, `A${end}`]
    await backend.create(key, textOf('1'), LONG)
    await backend.create(other, textOf('2'), LONG)
    await backend.replace(key, 1, textOf('3'), LONG)
    await backend.destroy(key)
    assert.deepEqual(await backend.read(other), { text: textOf('2'), version: 1 })
  },

  'create does not change an existing record': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('1'), LONG)
    assert.equal(await backend.create(key, textOf('2'), LONG), false)
    assert.deepEqual(await backend.read(key), { text: textOf('1'), version: 1 })
  },

  'replace writes the text and increments the version, again and again': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('1'), LONG)
    for (let version = 1; version <= 12; version++) {
      const text = textOf('x'.repeat(version % 3), version)
      assert.equal(await backend.replace(key, version, text, LONG), 'applied')
      assert.deepEqual(await backend.read(key), { text, version: version + 1 })
    }
  },

  'replace of another version writes nothing, and gives the record as it is': async ({
    backend,
  }) => {
    const key = newKey()
    await backend.create(key, textOf('1'), LONG)
    await backend.replace(key, 1, textOf('2'), LONG)
    const record = { text: textOf('2'), version: 2 }
    for (const version of [0, 1, 3, 12, 22]) {
      assert.deepEqual(await backend.replace(key, version, textOf('3'), LONG), record)
    }
    assert.deepEqual(await backend.read(key), record)
  },

  'replace and touch do not create a record': async ({ backend }) => {
    const key = newKey()
    assert.equal(await backend.replace(key, 1, textOf('a'), LONG), 'missing')
    assert.equal(await backend.replace(key, 0, textOf('a'), LONG), 'missing')
    assert.equal(await backend.touch(key, 1, textOf('a'), LONG), false)
    assert.equal(await backend.read(key), undefined)
  },

  'touch writes the beginning of its text and leaves the version': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a', 1), LONG)
    assert.equal(await backend.touch(key, 1, textOf('a', 2), LONG), true)
    assert.deepEqual(await backend.read(key), { text: textOf('a', 2), version: 1 })
  },

  'touch does not change a record that was replaced in between': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a', 1), LONG)
    await backend.replace(key, 1, textOf('b', 1), LONG)
    assert.equal(await backend.touch(key, 1, textOf('a', 2), LONG), false)
    assert.deepEqual(await backend.read(key), { text: textOf('b', 1), version: 2 })
  },

  'destroy returns what it removed, and a second destroy is no error': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), LONG)
    await backend.replace(key, 1, textOf('b'), LONG)
    assert.deepEqual(await backend.destroy(key), { text: textOf('b'), version: 2 })
    assert.equal(await backend.destroy(key), undefined)
    assert.equal(await backend.read(key), undefined)
  },

  'a key can be created again after destroy, with version 1': async ({ backend }) => {
    const key = newKey()
    await backend.create(key, textOf('a'), LONG)
    await backend.replace(key, 1, textOf('b'), LONG)
    await backend.destroy(key)
    assert.equal(await backend.create(key, textOf('c'), LONG), true)
    assert.deepEqual(await backend.read(key), { text: textOf('c'), version: 1 })
  },
}

const TEXT = '\u2028 \0 "é" \\ שלום 😀 \r\n {"a":1} __proto__ \t'
