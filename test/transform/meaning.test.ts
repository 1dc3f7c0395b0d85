import { transformSync as compileWithEsbuild } from 'esbuild'
import fc from 'fast-check'
import { transformSync } from 'oxc-transform'
import { expect, test } from 'vitest'
import { transform } from '../../src/transform/index.js'
import { growth, MOST_GROWTH } from '../fuzz/growth.js'
import { randomProgram } from './random-program.js'

test('random programs do the same with and without it', () => {
  let transformed = 0
  fc.assert(
    fc.property(randomProgram, (program) => {
      const written = transform(program, 'program.ts')
      if (written) transformed++
      expect(ran(written?.code ?? program)).toEqual(ran(program))
    }),
    { numRuns: 300 },
  )
  // A test of nothing would pass.
  expect(transformed).toBeGreaterThan(150)
})

test('no line moves, and what was there is still there in its order', () => {
  fc.assert(
    fc.property(randomProgram, (program) => {
      const lines = (transform(program, 'program.ts')?.code ?? program).split('\n')
      const moved = program.split('\n').filter((line, index) => !isWithin(line, lines[index]!))
      expect(moved).toEqual([])
    }),
    { numRuns: 100 },
  )
})

test.each(['oxc', 'esbuild'] as const)(
  'what a namespace exports keeps the name that it has without, compiled by %s',
  (compiler) => {
    const program = `
      namespace Pages {
        export const show = (url: URL) => 1, list = async (url: URL) => 1
        export const find = function (url: URL) {}
        const own = (url: URL) => 1
        export namespace Inner { export const deep = (url: URL) => own }
        export function declared(url: URL) {}
        log.push(show.name, list.name, find.name, own.name, Inner.deep.name, declared.name)
      }
      namespace Outer.Inner { export const show = (url: URL) => 1; log.push(show.name) }`
    const { code } = transform(program, 'program.ts')!
    expect(ran(code, compiler)).toEqual(ran(program, compiler))
  },
)

test.each(['oxc', 'esbuild'] as const)(
  'a line without a semicolon ends where it ended, whatever the next begins with, compiled by %s',
  (compiler) => {
    const program = `
      const first = (url: URL) => {}
      [1, 2].forEach((each) => log.push(String(each)))
      const second = (url: URL) => async (at: URL) => {} // a comment, and ;
      (log.push('called'))
      let third = () => (url: URL) => {} /* a comment
      */ \`text\`
      if (third) third = (url: URL) => () => {}
      else third = (url: URL) => {}
      /x/.test('x')
      class Fields {
        field = (url: URL) => {}
        [first.name] = 1
        other = (url: URL) => {}
        *more() {}
        static last = (url: URL) => {}
      }
      for (let each = (url: URL) => {}; third; third = (url: URL) => {}) { log.push(each.name); break }
      const made = new Fields()
      log.push(Object.keys(made).join(), typeof made.more, typeof second, typeof first)`
    const { code } = transform(program, 'program.ts')!
    expect(ran(code, compiler)).toEqual(ran(program, compiler))
  },
)

/** What a program told of its functions. */
function ran(program: string, compiler: 'oxc' | 'esbuild' = 'oxc'): string[] {
  const { code, errors } =
    compiler === 'oxc'
      ? transformSync('program.ts', program, { target: 'es2022' })
      : { ...compileWithEsbuild(program, { loader: 'ts' }), errors: [] }
  expect(errors).toEqual([])
  const log: string[] = []
  // oxlint-disable-next-line typescript/no-implied-eval -- programs of this test
  new Function('log', code)(log)
  return log
}

/** Whether the characters of a text stand in another in the same order. */
function isWithin(text: string, other: string): boolean {
  let at = 0
  for (const character of other) if (character === text[at]) at++
  return at === text.length
}

test('a file without types is left alone in time that is proportional to its runs of blanks', async () => {
  const ratio = await growth(2_000, (size) => {
    const text = `a${' '.repeat(size)}b`
    return () => expect(transform(text, 'a.ts')).toBeUndefined()
  })
  expect(ratio).toBeLessThan(MOST_GROWTH)
})
