import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { changeOf, parseEqualMutants, staleEntries } from '../../scripts/mutants/equal-mutants.js'
import { shuffle } from '../../scripts/mutants/drawing.js'
import { apply, mutantsOf, withMarks } from '../../scripts/mutants/mutants-of.js'
import { percent, scoreOf } from '../../scripts/mutants/score.js'
import { start } from '../../scripts/mutants/test-run.js'

const mutated = (source: string) => mutantsOf(source).map((mutant) => apply(source, mutant))

test.each([
  ['a < b', ['a <= b', 'a >= b']],
  ['a === b', ['a !== b']],
  ['a + b', ['a - b']],
  ['a && b', ['a || b']],
  ['a ?? b', ['a', 'b']],
  ['a in b', ['!(a in b)']],
  ['!a', ['a']],
  ['a?.b', ['a.b']],
  ['a?.[b]', ['a[b]']],
  ['a?.(b)', ['a(b)']],
  ['[a]', ['[]']],
  ['`a${b}`', ['``']],
  ["'a'", ["''"]],
  ["''", ["'mutant'"]],
  ['1', ['2']],
  ['true', ['false']],
])('%s has the mutants %j', (expression, expected) => {
  expect(mutated(`x = ${expression}`).filter((text) => text !== '{}')).toEqual(
    expected.map((text) => `x = ${text}`),
  )
})

test('conditions are negated, unless an operator has an opposite', () => {
  expect(mutated('if (a) b()')).toEqual(['if (!(a)) b()', 'if (a) {}'])
  expect(mutated('if (a >= b) b()')).toEqual(['if (a > b) b()', 'if (a < b) b()', 'if (a >= b) {}'])
})

test('calls, assignments, throws and the awaiting of a promise are removed', () => {
  const source = 'async function f() {\n  await b()\n  throw c\n}'
  expect(mutated(source)).toEqual([
    'async function f() {}',
    'async function f() {\n  {}\n  throw c\n}',
    'async function f() {\n  b()\n  throw c\n}',
    'async function f() {\n  await b()\n  {}\n}',
  ])
})

test('a body of one call is emptied once', () => {
  expect(mutated('function f() { g() }')).toEqual(['function f() { {} }'])
})

test('a result is left out or negated', () => {
  expect(mutated('function f() { return undefined }')).toEqual(['function f() {}'])
  expect(mutated('function f() { return a }')).toEqual([
    'function f() {}',
    'function f() { return }',
    'function f() { return !(a) }',
  ])
  expect(mutated('const f = () => a')).toEqual(['const f = () => !(a)'])
})

test('types, imports, decorators, names and comments have no mutants', () => {
  const source = `
    import { A } from './a.js'
    export { B } from './b.js'
    type C = 'c' | 1
    // 'a comment' && 1 < 2
    @Inject('a') class D { @Inject(true) 'e': 'f' | 2; declare g: 3 }
    let h = A as unknown as Promise<'i'>
    const j = { 'k': h }`
  expect(mutantsOf(source)).toEqual([])
})

test('a mutant is told as the two lines of a diff', () => {
  const source = 'one()\n  if (a < b) two()\nthree()'
  const [mutant] = mutantsOf(source).filter(({ text }) => text === '<=')
  expect(mutant && changeOf('src/a.ts', source, mutant)).toEqual({
    file: 'src/a.ts',
    line: 2,
    before: 'if (a < b) two()',
    after: 'if (a <= b) two()',
  })
})

test('a long text that a mutant removes is told by its ends', () => {
  const source = `function f() {\n${'  call()\n'.repeat(40)}}`
  const [body] = mutantsOf(source)
  const told = body && changeOf('src/a.ts', source, body)
  expect(told?.before).toMatch(/^function f\(\) \{ call\(\) .* … .*call\(\) \}$/)
  expect(told?.after).toBe('function f() {}')
})

const LIST = `# Why this list
src/a.ts
- if (a < b) two()
+ if (a <= b) two()
They are never equal:
both are odd.

src/b.ts
- one()
+ {}
It is empty.
`

test('the list of equal mutants is read', () => {
  expect(parseEqualMutants(LIST)).toEqual([
    {
      file: 'src/a.ts',
      before: 'if (a < b) two()',
      after: 'if (a <= b) two()',
      reason: 'They are never equal: both are odd.',
    },
    { file: 'src/b.ts', before: 'one()', after: '{}', reason: 'It is empty.' },
  ])
})

test('an entry of the list without a reason is refused with its line', () => {
  expect(() => parseEqualMutants('# first\n\nsrc/a.ts\n- a\n+ b\n')).toThrow(
    /equal-mutants\.txt, line 3: .*the reason why nobody can notice it/,
  )
})

test('an entry that fits no mutant any more is told', () => {
  const [fits, fitsNot] = parseEqualMutants(LIST)
  const changes = fits ? [fits] : []
  expect(staleEntries(parseEqualMutants(LIST), () => changes)).toEqual([fitsNot])
})

test('the same seed chooses the same mutants, another one others', () => {
  const source = 'x = [1, 2, 3, 4, 5, 6, 7, 8]'
  const mutants = mutantsOf(source).map((mutant) => ({
    ...mutant,
    ...changeOf('src/a.ts', source, mutant),
  }))
  expect(shuffle(mutants, '1')).toEqual(shuffle(mutants.toReversed(), '1'))
  expect(shuffle(mutants, '1')).not.toEqual(shuffle(mutants, '2'))
})

test('a block that holds a mutant notes that it is reached', () => {
  const source = 'const f = (a) => { return a + 1 }\nf.x = 1'
  const reached = new Set<string>()
  const run = (more: string) =>
    runInNewContext(withMarks(source, mutantsOf(source), 'src/a.ts') + more, {
      reachedMarks: reached,
    })
  run('')
  expect([...reached]).toEqual(['src/a.ts:0'])
  run('f(1)')
  expect([...reached]).toEqual(['src/a.ts:0', 'src/a.ts:18'])
})

test('the score is rounded down, so that 100 means all', () => {
  const results = Array.from({ length: 1000 }, (_, index) => ({ isKilled: index > 0 }))
  expect(scoreOf(results)).toEqual({ killed: 999, all: 1000 })
  expect(percent(scoreOf(results))).toBe(99)
  expect(percent(scoreOf([]))).toBe(100)
})

test('a program that does not end is killed at its limit', async () => {
  await expect(start(['-e', 'for (;;);'], {}, 500)).resolves.toMatchObject({ isHung: true })
})

test('what is no source file is refused before anything runs', async () => {
  const program = ['--import', '@oxc-node/core/register', 'scripts/mutants/main.ts']
  const { output } = await start([...program, 'test/scripts'])
  expect(output).toBe(
    'test/scripts is no file or folder of src; run this in the folder of package.json.\n',
  )
})
