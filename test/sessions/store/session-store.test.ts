import { expect, test } from 'vitest'
import { Session, SessionStore } from '../../../src/sessions/index.js'

test('a store that says nothing promises nothing', () => {
  class Mine extends SessionStore {
    load = () => Session.empty()
    dump = () => undefined
  }
  expect(new Mine().capabilities).toEqual({
    isRevocable: false,
    mergesWrites: false,
    takesOnce: false,
  })
})
