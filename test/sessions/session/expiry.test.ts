import { describe, expect, it } from 'vitest'
import { Expiry, isMetadata } from '../../../src/sessions/session/expiry.js'
import { polluted } from '../pollution.js'

const seconds = (count: number) => count * 1000
const expiry = new Expiry({
  idleTimeout: 60,
  absoluteTimeout: 600,
  touchInterval: 10,
  clock: () => 0,
})

describe('Expiry', () => {
  it('ends 30 minutes after the last request and 8 hours after the start by default', () => {
    const { idleTimeout, absoluteTimeout, touchInterval } = new Expiry()
    expect({ idleTimeout, absoluteTimeout, touchInterval }).toEqual({
      idleTimeout: 1800,
      absoluteTimeout: 28_800,
      touchInterval: 180,
    })
  })

  it('is over at the very millisecond [EX-18]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    expect(expiry.isOver(metadata, seconds(60) - 1)).toBe(false)
    expect(expiry.isOver(metadata, seconds(60))).toBe(true)
  })

  it('enforces the absolute limit however active the session is', () => {
    const metadata = { createdAt: 0, seenAt: seconds(599) }
    expect(expiry.isOver(metadata, seconds(600) - 1)).toBe(false)
    expect(expiry.isOver(metadata, seconds(600))).toBe(true)
  })

  it('counts the absolute limit from the last authentication', () => {
    const metadata = { createdAt: 0, authenticatedAt: seconds(300), seenAt: seconds(899) }
    expect(expiry.isOver(metadata, seconds(900) - 1)).toBe(false)
    expect(expiry.isOver(metadata, seconds(900))).toBe(true)
  })

  it('takes a lifetime of its own in place of both limits', () => {
    const metadata = { createdAt: 0, seenAt: 0, lifetime: 86_400 }
    expect(expiry.isOver(metadata, seconds(86_400) - 1)).toBe(false)
    expect(expiry.isOver(metadata, seconds(86_400))).toBe(true)
  })

  it('notes activity once in a window [EX-10]', () => {
    const metadata = { createdAt: 0, seenAt: 0 }
    expect(expiry.isTouchDue(metadata, seconds(10) - 1)).toBe(false)
    expect(expiry.isTouchDue(metadata, seconds(10))).toBe(true)
  })

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53, '60', Infinity])(
    'refuses %s as a duration [EX-16]',
    (duration) => {
      for (const option of ['idleTimeout', 'absoluteTimeout', 'touchInterval']) {
        expect(() => new Expiry({ [option]: duration })).toThrow(
          `the session option '${option}' must be a whole number of seconds from 1 to 34560000 (400 days), not ${typeof duration === 'string' ? `"${duration}"` : duration}.`,
        )
      }
    },
  )

  it('takes durations from a second to exactly 400 days [EX-16]', () => {
    for (const longest of [1, 400 * 86_400]) {
      const { idleTimeout, absoluteTimeout, touchInterval } = new Expiry({
        idleTimeout: longest,
        absoluteTimeout: longest,
        touchInterval: longest,
      })
      expect([idleTimeout, absoluteTimeout, touchInterval]).toEqual([longest, longest, longest])
    }
    expect(() => new Expiry({ idleTimeout: 400 * 86_400 + 1 })).toThrow('(400 days), not 34560001.')
  })

  it('takes limits that are equal', () => {
    expect(() => new Expiry({ idleTimeout: 60, absoluteTimeout: 60 })).not.toThrow()
    expect(() => new Expiry({ idleTimeout: 60, touchInterval: 60 })).not.toThrow()
  })

  it.each([
    [1, 1],
    [9, 1],
    [10, 1],
    [11, 2],
    [15, 2],
    [1800, 180],
  ])('with an idle timeout of %s notes activity every %s seconds, rounded up', (idle, interval) => {
    expect(new Expiry({ idleTimeout: idle }).touchInterval).toBe(interval)
  })

  it('with an idle timeout above 8 hours has an absolute timeout that is as long', () => {
    expect(new Expiry({ idleTimeout: 28_800 }).absoluteTimeout).toBe(28_800)
    expect(new Expiry({ idleTimeout: 28_801 }).absoluteTimeout).toBe(28_801)
  })

  it('refuses limits that contradict each other', () => {
    expect(() => new Expiry({ idleTimeout: 60, absoluteTimeout: 59 })).toThrow(
      "the session option 'idleTimeout' is longer than 'absoluteTimeout' (59 seconds).",
    )
    expect(() => new Expiry({ idleTimeout: 60, touchInterval: 61 })).toThrow(
      "the session option 'touchInterval' is longer than 'idleTimeout' (60 seconds).",
    )
  })

  it('does not take options from a polluted Object.prototype [PP-09]', async () => {
    await polluted({ idleTimeout: 60 }, () => expect(new Expiry({}).idleTimeout).toBe(1800))
  })
})

describe('what a store gave back', () => {
  const times = { createdAt: 1, seenAt: 2 }

  it.each([{}, { lifetime: 1 }, { dataVersion: 3 }, { lifetime: 60, dataVersion: 1 }])(
    'are times and facts of a session: %o',
    (facts) => {
      expect(isMetadata({ ...times, ...facts })).toBe(true)
    },
  )

  it.each([
    { lifetime: 0 },
    { lifetime: 1.5 },
    { lifetime: 2 ** 40 },
    { lifetime: 0, dataVersion: 1 },
    { dataVersion: 0 },
    { dataVersion: 1.5 },
    { lifetime: 60, dataVersion: -1 },
  ])('are none: %o', (facts) => {
    expect(isMetadata({ ...times, ...facts })).toBe(false)
  })
})
