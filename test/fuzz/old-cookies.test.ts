import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Cookies } from '../../src/http/index.js'
import { OLD_APPS } from '../sessions/moving/old-apps.js'
import { Browser } from '../sessions/moving/browser.js'
import { FUZZ_TIMEOUT, headerText, isPrototypeClean, mutated, runs } from './runs.js'

describe.each(OLD_APPS)('the cookies of %s,', { timeout: FUZZ_TIMEOUT }, (_, start) => {
  test('whatever a visitor sends, name a session only as they were signed or sealed', async () => {
    const { url, sessions } = await start()
    onTestFinished(() => expect(isPrototypeClean()).toBe(true))
    const browser = new Browser()
    await browser.get(url, '/login')
    const sent = [...browser.cookies]
    const [good] = await sessions.find(new Cookies(sent.map((pair) => pair.join('=')).join('; ')))
    expect(good).toMatchObject({ key: expect.any(String) })
    const values = sent.map(([, value]) => fc.oneof(headerText, mutated(value)))
    await fc.assert(
      fc.asyncProperty(fc.tuple(...values), async (given) => {
        const header = sent.map(([name], index) => `${name}=${given[index]}`).join('; ')
        for (const each of await sessions.find(new Cookies(header))) {
          // Another spelling of the same session has its name.
          const outcome = 'key' in each ? each.key : each.reason
          expect([(good as { key: string }).key, ...REASONS]).toContain(outcome)
        }
      }),
      runs(300),
    )
  })
})

const REASONS = ['tampered', 'malformed', 'corrupt', 'expired-idle']
