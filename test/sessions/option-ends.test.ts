import { describe, expect, test } from 'vitest'
import {
  CookieStore,
  MemoryBackend,
  MemoryStore,
  SessionOptionError,
  sessions,
  type CookieStoreOptions,
} from '../../src/sessions/index.js'
import { BackendStore } from '../../src/sessions/server-store/server-store.js'
import { VisitedApp } from '../../src/testing/conformance/store/visited-app.js'
import { newSecret } from './secrets.js'

const secret = newSecret()

/** Options that are numbers: the least and the most that each takes. */
const ranges: [string, number, number, string, (options: object) => unknown][] = [
  ['regenerateGrace', 0, 300, 'seconds', serverStore],
  ['conflictTimeoutMs', 1, 60_000, 'milliseconds', serverStore],
  ['maxSize', 1, 2 ** 29, 'bytes', serverStore],
  ['deadline', 1, 60_000, 'milliseconds', policy],
  ['maxCalls', 1, 1_000_000, 'calls', policy],
  ['failureThreshold', 2, 1000, 'calls', policy],
  ['probeInterval', 1, 60_000, 'milliseconds', policy],
  ['openedCacheSize', 0, 1_000_000, 'cookies', cookieStore],
]

test.each(ranges)('%s takes %s and %s, and nothing beyond', (option, least, most, unit, make) => {
  for (const given of [least, most]) expect(() => make({ [option]: given })).not.toThrow()
  for (const given of [least - 1, most + 1]) {
    const reason = `must be a whole number of ${unit} from ${least} to ${most}, not ${given}.`
    expect(() => make({ [option]: given })).toThrow(new SessionOptionError(option, reason))
  }
})

function serverStore(options: object): unknown {
  return new BackendStore(new MemoryBackend(), options)
}

function cookieStore(options: Partial<CookieStoreOptions>): unknown {
  return new CookieStore({ secret, ...options })
}

function policy(options: object): unknown {
  return sessions(new MemoryStore(), options)
}

describe('of several cookies of one name', () => {
  /** Where the good cookie may stand among invented ones for the session to open. */
  async function opensAt(
    app: VisitedApp,
    invented: (index: number) => string,
    most: number,
  ): Promise<boolean[]> {
    const visitor = await app.visitor().begin({ a: 1 })
    const { name } = visitor.cookie
    const found = []
    for (const before of [most - 1, most]) {
      const planted = Array.from({ length: before }, (_, index) => `${name}=${invented(index)}`)
      const header = [...planted, visitor.header].join('; ')
      found.push(await app.visitor().visit((session) => session.has('a'), header))
    }
    return found as boolean[]
  }

  test.each([undefined, new MemoryBackend()])(
    'a cookie store opens the first eight, and no more (%#)',
    async (revocations) => {
      const app = await VisitedApp.open((conditions) => ({
        store: new CookieStore({ secret, ...conditions, ...(revocations && { revocations }) }),
      }))
      expect(await opensAt(app, (index) => `e${index}`, 8)).toEqual([true, false])
    },
  )

  test('a server-side store asks for the first four that could be ids, and no more', async () => {
    const app = await VisitedApp.open((conditions) => ({ store: new MemoryStore(conditions) }))
    const id = (index: number) => Buffer.alloc(32, index + 1).toString('base64url')
    expect(await opensAt(app, id, 4)).toEqual([true, false])
    // What is no id costs no call, and does not count.
    expect(await opensAt(app, (index) => `no-id-${index}`, 50)).toEqual([true, true])
  })
})
