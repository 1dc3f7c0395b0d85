import { expect, test } from 'vitest'
import { Beliefs } from '../../soak/beliefs.js'
import { Findings } from '../../soak/findings.js'

function world() {
  const findings = new Findings()
  return { findings, beliefs: new Beliefs(findings, 'visitor 1') }
}

test('an acknowledged text that is missing or old is a lost write', () => {
  const { findings, beliefs } = world()
  beliefs.wrote('red', 'one', 'acknowledged')
  beliefs.wrote('red', 'two', 'acknowledged')
  beliefs.sawTexts({ red: 'two' })
  expect(findings.problems).toEqual([])
  beliefs.sawTexts({ red: 'one' })
  beliefs.sawTexts({})
  expect(findings.problems).toEqual([
    'lost acknowledged writes: 2 (visitor 1, text red; visitor 1, text red)',
  ])
})

test('a text of unknown outcome may be there or not, and must stay as it was read', () => {
  const { findings, beliefs } = world()
  beliefs.wrote('red', 'one', 'acknowledged')
  beliefs.wrote('red', 'two', 'unknown')
  beliefs.sawTexts({ red: 'two' })
  beliefs.wrote('red', 'three', 'unknown')
  beliefs.sawTexts({ red: 'two' })
  expect(findings.problems).toEqual([])
  expect(findings.counted('unknown writes applied')).toBe(1)
  // An earlier read has shown that the write did not happen.
  beliefs.sawTexts({ red: 'three' })
  expect(findings.reported('lost acknowledged writes')).toBe(1)
})

test('a text of unknown outcome that replaces a later acknowledged one is a lost write', () => {
  const { findings, beliefs } = world()
  beliefs.wrote('red', 'one', 'unknown')
  beliefs.wrote('red', 'two', 'acknowledged')
  beliefs.sawTexts({ red: 'one' })
  expect(findings.reported('lost acknowledged writes')).toBe(1)
})

test('a refused text must not be there', () => {
  const { findings, beliefs } = world()
  beliefs.wrote('red', 'one', 'refused')
  beliefs.sawTexts({ red: 'one' })
  expect(findings.reported('lost acknowledged writes')).toBe(1)
})

test('a name like __proto__ is only found among the texts', () => {
  const { findings, beliefs } = world()
  beliefs.wrote('__proto__', 'one', 'refused')
  beliefs.sawTexts({})
  expect(findings.problems).toEqual([])
})

test('a sum has all acknowledged additions and may have those of unknown outcome', () => {
  const { findings, beliefs } = world()
  beliefs.added('visits', 1, 'acknowledged')
  beliefs.added('visits', 1, 'acknowledged')
  beliefs.added('visits', 1, 'unknown')
  beliefs.added('visits', 1, 'refused')
  beliefs.sawSum('visits', 3)
  expect(findings.problems).toEqual([])
  expect(findings.counted('unknown writes applied')).toBe(1)
  beliefs.sawSum('visits', 4)
  beliefs.sawSum('visits', 2)
  expect(findings.problems).toEqual([
    'writes applied too often: 1 (visitor 1, visits: 4 instead of 3 to 3)',
    'lost acknowledged writes: 2 (visitor 1, visits: 2 instead of 4 to 4)',
  ])
})
