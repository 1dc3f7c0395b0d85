import { describe, expect, test } from 'vitest'
import { sessionStoreCases, type StoreConformance } from '../../../src/testing/index.js'
import { failing } from './failing-cases.js'
import { NaiveStore, type Mistake } from './naive-store.js'

const CLEAR = 'clear() leaves an empty session, and not the old one'
const COPY = 'a copy of the cookie is worthless after destroy()'
const IDLE =
  'a session lives as long as its visitor comes within the idle time, and ends at that very millisecond'
const SLOW = 'a handler that takes longer than the session lives does not revive it'

type NaiveWorld = { store: NaiveStore }

const naive: StoreConformance<NaiveWorld> = {
  capabilities: { mergesWrites: false, takesOnce: false },
  count: ({ store }) => store.kept.size,
  interrupt: ({ store }) => (store.isBroken = true),
}

const casesOf = (mistake?: Mistake, options = naive) =>
  sessionStoreCases((conditions) => ({ store: new NaiveStore(conditions, mistake) }), options)

test('a store of whole sessions that promises no more passes', async () => {
  expect(await failing(casesOf())).toEqual([])
})

describe('the suite finds a store that', () => {
  test.each<[Mistake, string[]]>([
    [
      'adopts ids',
      ['a value that the store did not give is not adopted when something is written'],
    ],
    ['forgets to remove keys', ['a removed key is gone, and the others stay', CLEAR]],
    ['forgets to remove the record', [COPY]],
    ['gives everybody the same session', ['visitors never see what is another one’s']],
    [
      'hides failures',
      ['while it cannot tell, nobody is a stranger: the answer is 503 without a cookie'],
    ],
    [
      'ignores limits',
      [IDLE, 'the absolute limit ends a session to the millisecond, however active it is'],
    ],
    [
      'keeps the id',
      ['regenerate() gives another id and another cookie, and takes the data along'],
    ],
    [
      'keeps the old id',
      ['of parallel regenerate()s at most one leads on, and the data stays one'],
    ],
    ['leaves the cookie', ['destroy() removes the data and clears the cookie']],
    ['matches parts of ids', ['a cookie that was cut, changed or made up is a stranger’s']],
    [
      'prolongs for ever',
      ['regenerate() without an authentication does not extend the absolute limit'],
    ],
    ['remembers strangers', ['strangers leave nothing behind']],
    ['revives', ['requests under way do not bring back a session that was destroyed', SLOW]],
    ['sets a cookie each time', ['a session that is only read gets no new cookie']],
    [
      'sets an open cookie',
      ['the cookie is HttpOnly, Secure, SameSite, of this host alone, and within 4,096 bytes'],
    ],
    ['stringifies numbers', ['values of JSON come back as they were written']],
  ])('%s', async (mistake, names) => {
    expect(await failing(casesOf(mistake))).toEqual(expect.arrayContaining(names))
  })
})

describe('capabilities', () => {
  test('one that is claimed and not kept fails', async () => {
    const merging = { ...naive, capabilities: { takesOnce: false } }
    expect(await failing(casesOf('claims to merge', merging))).toEqual([
      'parallel writes of different keys lose none',
      'parallel updates of one key all count',
      'one request removes a key while another writes a second one',
    ])
    const taking = { ...naive, capabilities: { mergesWrites: false } }
    expect(await failing(casesOf('claims to take once', taking))).toEqual([
      'take() gives a value to exactly one of many requests',
    ])
  })

  test('one that the store does not claim, and its tests do, is told with the remedy', async () => {
    const [capabilities] = casesOf(undefined, {})
    await expect(capabilities?.run()).rejects.toThrow(
      'the store says something else of itself: hand its `capabilities` to describeSessionStore as well',
    )
  })

  test('what is not promised, or not tested, is the name of a case', () => {
    const nothing = { isRevocable: false, mergesWrites: false, takesOnce: false }
    const names = casesOf(undefined, { capabilities: nothing, hasClock: false }).map(
      (one) => one.name,
    )
    expect(names.filter((name) => /cannot promise|not tested/.test(name))).toEqual([
      'cannot promise that a copy of the cookie is worthless once the session was destroyed (isRevocable)',
      'cannot promise that parallel requests of one session keep what each of them writes (mergesWrites)',
      'cannot promise that take() gives a value to one request only (takesOnce)',
      'takes no clock, so its expiry is not tested here',
    ])
  })
})
