import { describe, expect, test } from 'vitest'
import { sessionStoreCases, type StoreConformance } from '../../../src/testing/index.js'
import { failing } from './failing-cases.js'
import { NaiveStore, type Mistake } from './naive-store.js'

const CLEAR = 'clear() leaves an empty session, and not the old one'
const COPY = 'a copy of the cookie is worthless after destroy()'
const IDLE =
  'requests keep a session alive, and it expires at the exact millisecond of its idle timeout'
const SLOW = 'a handler that outlasts the session does not bring it back'

type NaiveWorld = { store: NaiveStore }

const naive: StoreConformance<NaiveWorld> = {
  capabilities: { mergesWrites: false, takesOnce: false },
  count: ({ store }) => store.kept.size,
  interrupt: ({ store }) => (store.isBroken = true),
}

const casesOf = (mistake?: Mistake, options = naive) =>
  sessionStoreCases((conditions) => ({ store: new NaiveStore(conditions, mistake) }), options)

test('a store of whole sessions that promises nothing else passes', async () => {
  expect(await failing(casesOf())).toEqual([])
})

describe('the suite finds a store that', () => {
  test.each<[Mistake, string[]]>([
    ['adopts ids', ['a write does not adopt a cookie value that the store did not issue']],
    ['forgets to remove keys', ['a removed key is gone, and the others stay', CLEAR]],
    ['forgets to remove the record', [COPY]],
    ['gives everybody the same session', ['visitors never see data of another visitor']],
    ['hides failures', ['while the store is down, the response is a 503 without a cookie']],
    [
      'ignores limits',
      [IDLE, 'an active session expires at the exact millisecond of its absolute timeout'],
    ],
    [
      'hides lost writes',
      [
        'what is written to a session that was destroyed meanwhile is a 409 or 401, whatever the write',
        'commit() rejects when the session was destroyed meanwhile, and a handler may catch that',
        'what a handler writes that outlasts the session is a 409 or 401, and reading is not',
      ],
    ],
    ['keeps dead cookies', ['destroy() clears a cookie that opens no session', COPY]],
    ['keeps the id', ['regenerate() changes the id and the cookie, and keeps the data']],
    [
      'keeps the old id',
      ['of parallel regenerate()s at most one succeeds, and the data exists once'],
    ],
    ['leaves the cookie', ['destroy() removes the data and clears the cookie']],
    ['matches parts of ids', ['a cookie that was cut, changed or invented opens no session']],
    [
      'extends sessions for ever',
      ['regenerate() without an authentication does not extend the absolute timeout'],
    ],
    ['creates sessions for strangers', ['requests without a session create none']],
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
  test('a capability that is claimed and not kept fails', async () => {
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

  test('a capability that only its tests claim is an error with the remedy', async () => {
    const [capabilities] = casesOf(undefined, {})
    await expect(capabilities?.run()).rejects.toThrow(
      'the store declares other capabilities: pass its `capabilities` to describeSessionStore as well',
    )
  })

  test('the name of a case says what is not promised or not tested', () => {
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
