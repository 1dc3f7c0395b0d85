import { describe, expect, it } from 'vitest'
import { Fields } from '../../../src/sessions/session/fields.js'

const fieldsOf = (texts: Record<string, string>) => new Fields(new Map(Object.entries(texts)))
const plus = (more: number) => (value: unknown) => Number(value ?? 0) + more

function changesOf(fields: Fields) {
  const { changes } = fields.mark()
  const isUpdated = (field: string) => changes.updated.has(field)
  const texts = [...changes.texts]
  return {
    set: Object.fromEntries(
      texts.filter(([field, text]) => text !== undefined && !isUpdated(field)),
    ),
    removed: texts.filter(([, text]) => text === undefined).map(([field]) => field),
    updated: Object.fromEntries(
      [...changes.updated].map(([field, expected]) => [
        field,
        { expected, text: changes.texts.get(field) },
      ]),
    ),
    isCleared: changes.isCleared,
  }
}

const nothing = { set: {}, removed: [], updated: {}, isCleared: false }

describe('changes of fields', () => {
  it('are only the fields whose text differs', () => {
    const fields = fieldsOf({ 'd:a': '1', 'd:b': '[1]', 'd:c': '3' })
    fields.set('d:a', 1)
    ;(fields.get('d:b') as number[]).push(2)
    fields.delete('d:c')
    fields.set('d:d', 4)
    expect(changesOf(fields)).toEqual({
      ...nothing,
      set: { 'd:b': '[1,2]', 'd:d': '4' },
      removed: ['d:c'],
    })
  })

  it('name what update expects to find', () => {
    const fields = fieldsOf({ 'd:n': '1' })
    fields.update('d:n', plus(1))
    fields.update('d:m', plus(1))
    expect(changesOf(fields)).toEqual({
      ...nothing,
      updated: {
        'd:n': { expected: '1', text: '2' },
        'd:m': { expected: undefined, text: '1' },
      },
    })
  })

  it('of an update on a field that was plainly written are that write', () => {
    const fields = fieldsOf({ 'd:n': '1', 'd:cart': '[]', 'd:gone': '1' })
    fields.set('d:n', 5)
    fields.update('d:n', plus(1))
    ;(fields.get('d:cart') as string[]).push('tea')
    fields.update('d:cart', (cart) => [...(cart as string[]), 'mug'])
    fields.delete('d:gone')
    fields.update('d:gone', plus(1))
    expect(changesOf(fields)).toEqual({
      ...nothing,
      set: { 'd:n': '6', 'd:cart': '["tea","mug"]' },
    })
  })

  it('of a value that was changed inside after its update are a plain write', () => {
    const fields = fieldsOf({ 'd:cart': '[]' })
    const cart = fields.update('d:cart', () => ['tea']) as string[]
    expect(changesOf(fields).updated).toEqual({ 'd:cart': { expected: '[]', text: '["tea"]' } })
    cart.push('mug')
    expect(changesOf(fields)).toEqual({ ...nothing, set: { 'd:cart': '["tea","mug"]' } })
  })

  it('are none after clear() and the same values again', () => {
    const fields = fieldsOf({ 'd:a': '1' })
    fields.clear()
    fields.set('d:a', 1)
    expect(changesOf(fields)).toEqual(nothing)
    fields.delete('d:a')
    expect(changesOf(fields)).toEqual({ ...nothing, isCleared: true })
  })
})

describe('replay', () => {
  it('makes the updates again on what the store holds by now', () => {
    const fields = fieldsOf({ 'd:n': '1', 'd:m': '1' })
    fields.update('d:n', plus(1))
    fields.update('d:n', plus(10))
    fields.update('d:m', plus(1))
    fields.set('d:other', true)
    fields.replay(new Map([['d:n', '5']]))
    expect(fields.get('d:n')).toBe(16)
    expect(changesOf(fields)).toEqual({
      ...nothing,
      set: { 'd:other': 'true' },
      updated: { 'd:n': { expected: '5', text: '16' }, 'd:m': { expected: '1', text: '2' } },
    })
  })

  it('starts from nothing when the field is gone', () => {
    const fields = fieldsOf({ 'd:n': '1' })
    fields.update('d:n', plus(1))
    fields.replay(new Map([['d:n', undefined]]))
    expect(changesOf(fields).updated).toEqual({ 'd:n': { expected: undefined, text: '1' } })
  })

  it('leaves fields alone that no update wrote', () => {
    const fields = fieldsOf({ 'd:n': '1' })
    fields.set('d:n', 9)
    fields.replay(new Map([['d:n', '5']]))
    expect(changesOf(fields).set).toEqual({ 'd:n': '9' })
  })
})

describe('saved', () => {
  it('makes what was marked the base of the next changes', () => {
    const fields = fieldsOf({ 'd:n': '1', 'd:gone': '1' })
    fields.update('d:n', plus(1))
    fields.delete('d:gone')
    fields.mark()
    fields.saved()
    expect(changesOf(fields)).toEqual(nothing)
    fields.update('d:n', plus(1))
    expect(changesOf(fields).updated).toEqual({ 'd:n': { expected: '2', text: '3' } })
  })

  it('leaves what came after the mark to the next dump', () => {
    const fields = fieldsOf({ 'd:n': '1' })
    fields.update('d:n', plus(1))
    fields.mark()
    fields.update('d:n', plus(1))
    fields.set('d:late', 1)
    fields.saved()
    expect(changesOf(fields)).toEqual({
      ...nothing,
      set: { 'd:late': '1' },
      updated: { 'd:n': { expected: '2', text: '3' } },
    })
    fields.replay(new Map([['d:n', '7']]))
    expect(fields.get('d:n')).toBe(8)
  })
})

describe('rollback', () => {
  it('undoes everything since the load', () => {
    const fields = fieldsOf({ 'd:cart': '[1]' })
    ;(fields.get('d:cart') as number[]).push(2)
    fields.update('d:n', plus(1))
    fields.clear()
    fields.rollback()
    expect(fields.get('d:cart')).toEqual([1])
    expect(changesOf(fields)).toEqual(nothing)
  })
})

describe('a damaged text', () => {
  it('is an error that names the key and does not show the text', () => {
    const fields = fieldsOf({ 'd:cart': '{4111' })
    expect(() => fields.get('d:cart')).toThrow(
      "cannot read the stored session value 'cart' back: its text is damaged.",
    )
    expect(changesOf(fields)).toEqual(nothing)
  })
})

describe('a stored text that JSON reads and would not write', () => {
  const texts = ['[1e999]', '[-0]', `[${'['.repeat(200)}${']'.repeat(200)}]`]

  it.each(texts)('can be read, and is no change by itself: %s [A8]', (text) => {
    const fields = new Fields(new Map([['d:a', text]]))
    expect(fields.get('d:a')).toEqual(JSON.parse(text))
    expect(fields.changes().isEmpty).toBe(true)
  })

  it.each(texts)('is refused when the handler changed it: %s', (text) => {
    const fields = new Fields(new Map([['d:a', text]]))
    ;(fields.get('d:a') as unknown[]).push(1)
    expect(() => fields.changes()).toThrow("cannot store session value 'a[0]")
  })
})
