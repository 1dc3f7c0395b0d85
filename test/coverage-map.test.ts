import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { casesIn, namedCases } from './support/named-cases.js'

/** One case in a line: its id, what is done, what has to happen. */
const known = linesOf('test/abuse-cases.txt')
  .map((line) => /^([A-Z]{2}-\d\d) \| /.exec(line)?.[1])
  .filter((id) => id !== undefined)
/** The table of docs/security.md: the cases that no test names, each with the reason. */
const explained = linesOf('docs/security.md')
  .map((line) => /^\| ([A-Z]{2}-\d\d(?: to [A-Z]{2}-\d\d)?) \| \S/.exec(line)?.[1])
  .flatMap((ids) => casesIn(ids ?? ''))
const tested = new Set(
  ['test', 'examples', 'src/testing'].flatMap((folder) =>
    testsBelow(folder).flatMap((path) => namedCases(path, readFileSync(path, 'utf8'))),
  ),
)

describe('every abuse case of test/abuse-cases.txt', () => {
  test('is named by the title of a test, or docs/security.md says why not', () => {
    const shown = new Set([...tested, ...explained])
    expect(known.length).toBeGreaterThan(260)
    expect(known.filter((id) => !shown.has(id))).toEqual([])
  })

  test('is not explained away in docs/security.md when a test names it', () => {
    expect(explained.filter((id) => tested.has(id))).toEqual([])
  })

  test('is explained once, and is one of the list', () => {
    expect(explained.filter((id, index) => explained.indexOf(id) < index)).toEqual([])
    expect(explained.filter((id) => !known.includes(id))).toEqual([])
  })

  test('that the map of ASVS requirements leads to is of the list, or a test names it', () => {
    const requirements = linesOf('docs/security.md').filter((line) =>
      /^\| V?\d+\.\d\.\d \|/.test(line),
    )
    // All of chapter V7, and those of other chapters that bind a library for sessions.
    expect(requirements.filter((line) => !line.startsWith('| V'))).toHaveLength(19)
    expect(requirements.filter((line) => line.startsWith('| V'))).toHaveLength(17)
    const shown = new Set([...tested, ...explained])
    expect(requirements.flatMap(casesIn).filter((id) => !shown.has(id))).toEqual([])
  })
})

describe('what counts as named', () => {
  const cases = (source: string) => namedCases('some.test.ts', source)

  test('is what stands in a title, a range included', () => {
    expect(cases(`it('are nothing [CP-01, CP-13 to CP-15]', () => {})`)).toEqual([
      'CP-01',
      'CP-13',
      'CP-14',
      'CP-15',
    ])
    expect(cases('test.each([1])(`of ${name} [CE-02]`, () => {})')).toEqual(['CE-02'])
    expect(cases(`it.each([['a Date [TY-01]', 1], ['TY-02', 2]])('%s', () => {})`)).toEqual([
      'TY-01',
      'TY-02',
    ])
    expect(cases(`describe.each(all)('%s [TA-02]', () => {})`)).toEqual(['TA-02'])
  })

  test('is not what stands in a comment or a value, nor in a test that does not run', () => {
    expect(cases(`// CP-01\nconst cases = ['CP-02']`)).toEqual([])
    expect(cases(`it.each(['CP-01', 'CP-02'])('refuses %s', () => {})`)).toEqual([])
    expect(cases(`it.skip('later [CP-03]', () => {}); test.todo('CP-04')`)).toEqual([])
  })
})

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n')
}

function testsBelow(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  // Suites that several test files run are not called `.test.ts`.
  return paths.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path))
}
