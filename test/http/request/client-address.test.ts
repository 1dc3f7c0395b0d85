import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { familyOf } from '../../../src/http/request/client-address.js'

const FAMILIES = { 0: undefined, 4: 'ipv4', 6: 'ipv6' } as Record<number, string | undefined>

test('what is an address, and of which kind, is what Node says', () => {
  const parts = fc.constantFrom(
    '0',
    '1',
    '9',
    '25',
    '256',
    '01',
    'f',
    'abcd',
    '.',
    ':',
    '::',
    '%',
    ']',
  )
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(texts, (text) => {
      // A zone belongs to a network card, and is cut off before.
      fc.pre(!text.includes('%'))
      expect(familyOf(text)).toBe(FAMILIES[isIP(text)])
    }),
    { numRuns: 2_000 },
  )
})
